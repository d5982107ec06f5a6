internal import X86

/// How a run to places in the guest's code went.
public enum PlaceOutcome: Hashable, Sendable {
    /// The guest was stopped before the instruction at one of them.
    case there
    /// It was stopped somewhere else: by a debug exception of its own, which it has lost.
    case elsewhere
    /// It came to this exit before.
    case exit(Exit)
}

/// How the guest came to the next time that it stands before an instruction.
public enum PassOutcome: Hashable, Sendable {
    /// A breakpoint stopped it there.
    case stopped
    /// It stands there again by the instruction itself: by one turn of a repeated one, or by a jump to itself.
    case turned
    /// It was stopped somewhere else: by a debug exception of its own, which it has lost.
    case elsewhere
    /// It stands there and cannot be brought past the instruction: it debugs itself, or begins to with that.
    case debugsItself
    /// The instruction raised an exception, and the guest has seen that it was stepped.
    case exception
    /// It came to this exit first, and was not stopped behind the instruction where it should have been.
    case astray(Exit)
    /// It came to this exit first.
    case exit(Exit)
}

/// Stops before the executions of one instruction, one after the other.
public struct Passes: Hashable, Sendable {
    /// Where the instruction is.
    public let place: CodePlace
    /// If given, an engine that can stops there only where ``DebuggableProcessor/exitRegisters`` would be these.
    public let registers: [UInt64]?
    /// Whether the guest stands there because this host has just stopped it: not by a stray kick, with an interrupt on its way.
    fileprivate var isStopped = false

    /// None yet.
    public init(of place: CodePlace, registers: [UInt64]? = nil) { (self.place, self.registers) = (place, registers) }
}

extension DebuggableProcessor where Self: ~Copyable {
    /// Executes until the guest comes to one of some places, at most four, or to an exit. It goes no further than where it
    /// stands if that is one of them.
    ///
    /// The breakpoints are left set.
    public mutating func run(to places: [CodePlace]) throws(EngineError) -> PlaceOutcome {
        try setBreakpoints(places.map(\.address))
        return try run(toBreakpointAt: places)
    }

    private mutating func run(toBreakpointAt places: [CodePlace]) throws(EngineError) -> PlaceOutcome {
        let exit = try run()
        guard exit.isDebug else { return .exit(exit) }
        // Where the guest cannot debug itself with it, a stop is at the address, though maybe by another segment.
        return debugsUnseen || places.contains { $0.offset == exitRIP } ? .there : .elsewhere
    }

    private mutating func setBreakpoint(for passes: Passes) throws(EngineError) {
        if let registers = passes.registers, try setBreakpoint(passes.place.address, registers: registers) { return }
        try setBreakpoints([passes.place.address])
    }

    /// Executes until the guest comes to an instruction, past it first where it stands there now; or to an exit. After that of
    /// a kick or an interrupt window, the same may be asked for again.
    ///
    /// A breakpoint does not let the instruction under it pass: that is stepped over. (An equal RIP in another segment costs one
    /// step; where this host cannot stop the guest, the breakpoint does not hold it either.) The breakpoint is left set.
    public mutating func run(toNextOf passes: inout Passes) throws(EngineError) -> PassOutcome {
        let wasStopped = passes.isStopped
        passes.isStopped = false
        // Where the guest cannot debug itself with it, a stop is one at the address, though maybe by another segment.
        var isUnderBreakpoint = wasStopped && debugsUnseen
        if exitRIP == passes.place.offset, !isUnderBreakpoint {
            isUnderBreakpoint = try wasStopped ? true : canStopHere()
        }
        if isUnderBreakpoint {
            let stepping = try stepping()
            guard stepping.method != .guestDebugsItself else { return .debugsItself }
            switch try step(by: stepping) {
            case .done: break
            case .exit(let exit): return .exit(exit)
            case .exception:
                passes.isStopped = true
                return .exception
            case .astray(let exit): return .astray(exit)
            }
            // An engine that compares registers itself looks there at once when it goes on.
            if exitRIP == passes.place.offset, !debugsUnseen || passes.registers == nil {
                passes.isStopped = true
                return .turned
            }
        }
        try setBreakpoint(for: passes)
        switch try run(toBreakpointAt: [passes.place]) {
        case .there:
            passes.isStopped = true
            return .stopped
        case .elsewhere:
            passes.isStopped = true
            return .elsewhere
        case .exit(let exit): return .exit(exit)
        }
    }
}
