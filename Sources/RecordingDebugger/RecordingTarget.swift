public import Engine
public import GDBStub
public import Replayer
public import TraceFormat
public import X86

/// A recorded guest as a target of the remote protocol.
public final class RecordingTarget<P: EngineProcessor & ~Copyable>: ReversibleTarget, WatchingTarget, RestartableTarget,
    SymbolTarget
{
    /// Which registers the client is shown.
    public let layout: RegisterLayout
    /// The names that the trace has for the guest's code.
    public let symbolFile: [UInt8]?
    let listing: CodeListing
    var debugger: Debugger<P>
    /// Where the session begins.
    let start: Moment
    /// The moments that the user has marked, by number from 1 on.
    var checkpoints: [Moment] = []
    /// Why the guest stands where it stands; nil after it was put there.
    var lastStop: DebugStop?
    private var watchpoints: [Watchpoint] = []
    /// The physical memory of watchpoints, also of those that are gone: a client takes them away at each stop.
    private var places: [Watchpoint: WatchedPlace] = [:]
    private var messages: [String] = []
    private var knownState: (moment: Moment?, state: ProcessorState)?

    /// Goes to where the session begins.
    ///
    /// - Parameters:
    ///   - timeline: has not begun.
    ///   - start: the moment with which the session begins; nil for the end if the run ended by a fault, or else for the
    ///     beginning.
    ///   - width: the guest's code; nil for the widest that a keyframe's state has.
    public init(
        _ timeline: consuming Timeline<P>,
        at start: Moment?,
        width: RegisterLayout.Width?
    ) throws(TimelineError) {
        let reader = timeline.reader
        do throws(TraceError) {
            let widest = try RegisterLayout.Width(of: reader)
            layout = RegisterLayout(width ?? widest)
            listing = try CodeListing(reader)
            let symbols = try reader.symbols()
            // A client takes the architecture from the file, and files for 16-bit code say that they are for 32-bit code.
            symbolFile =
                symbols.isEmpty && layout.width == .bits16 ? nil : SymbolFile(symbols, width: layout.width).bytes
        } catch { throw .replay(.trace(error)) }
        debugger = Debugger(timeline)
        if let start {
            try debugger.go(to: start)
        } else if reader.outcome?.isFault == true {
            let last = try reader.lastMoment
            try debugger.go(to: last)
            _ = try debugger.run { false }
        } else {
            try debugger.go(to: Moment(event: reader.header.firstEvent))
        }
        self.start = debugger.moment ?? Moment(event: reader.header.firstEvent)
    }

    // MARK: Looking

    /// See ``DebugTarget/state()``.
    public func state() throws(DebugTargetError) -> ProcessorState {
        if let knownState, knownState.moment == debugger.moment, debugger.diversion == nil { return knownState.state }
        do {
            let state = try debugger.state()
            knownState = (debugger.moment, state)
            return state
        } catch { throw DebugTargetError(error) }
    }

    /// The bytes at a linear address. Where the recorder put an instruction that traps, they are the guest's own.
    public func read(_ address: UInt64, count: Int) throws(DebugTargetError) -> [UInt8] {
        do throws(TimelineError) {
            var view = try debugger.view()
            do { return try listing.bytes(at: GuestVirtualAddress(address), count: count, in: &view) } catch {
                throw .replay(.trace(error))
            }
        } catch { throw DebugTargetError(error) }
    }

    /// See ``DebugTarget/takeMessages()``.
    public func takeMessages() -> [String] {
        defer { messages = [] }
        return messages + debugger.takeNotes()
    }

    // MARK: Stops

    /// See ``DebugTarget/insertBreakpoint(at:)``.
    public func insertBreakpoint(at address: UInt64) { debugger.breakpoints.insert(GuestVirtualAddress(address)) }

    /// See ``DebugTarget/removeBreakpoint(at:)``.
    public func removeBreakpoint(at address: UInt64) { debugger.breakpoints.remove(GuestVirtualAddress(address)) }

    /// Watches memory. Its physical place is found with the present paging, or with the one that was present when an equal
    /// watchpoint was inserted, if nothing is mapped there now.
    public func insertWatchpoint(_ watchpoint: Watchpoint) throws(DebugTargetError) {
        let address = GuestVirtualAddress(watchpoint.address)
        if let memory = try mappedMemory(at: address, count: watchpoint.count) {
            places[watchpoint] = WatchedPlace(memory, includesReads: watchpoint.kind != .write)
        }
        guard let place = places[watchpoint] else { throw .nothingIsMapped(at: address) }
        guard debugger.watchesReads || watchpoint.kind == .write else {
            throw DebugTargetError("this engine cannot watch reads: use --engine soft")
        }
        guard !watchpoints.contains(watchpoint) else { return }
        watchpoints.append(watchpoint)
        debugger.watched.append(place)
    }

    /// See ``WatchingTarget/removeWatchpoint(_:)``.
    public func removeWatchpoint(_ watchpoint: Watchpoint) {
        guard let index = watchpoints.firstIndex(of: watchpoint) else { return }
        watchpoints.remove(at: index)
        debugger.watched.remove(at: index)
    }

    // MARK: Running

    /// See ``DebugTarget/resume(_:isInterrupted:)``.
    public func resume(
        _ resumption: Resumption,
        isInterrupted: () -> Bool
    ) throws(DebugTargetError) -> DebugStop {
        knownState = nil
        do throws(TimelineError) {
            let stop = try perform(resumption, isInterrupted)
            lastStop = stop
            if let moment = debugger.diversion { messages.append("in a diversion from moment \(moment)") }
            return stop
        } catch {
            lastStop = nil
            throw DebugTargetError(error)
        }
    }

    private func perform(
        _ resumption: Resumption,
        _ isInterrupted: () -> Bool
    ) throws(TimelineError) -> DebugStop {
        switch resumption {
        case .step: return meaning(try debugger.step())
        case .stepBack: return meaning(try debugger.stepBack())
        case .run: return meaning(try debugger.run(isInterrupted: isInterrupted))
        case .runBack: return meaning(try debugger.runBack(isInterrupted: isInterrupted))
        case .stepInRange(let range):
            while true {
                let stop = try debugger.step()
                guard stop == .stepped else { return meaning(stop) }
                let address = try debugger.state().instructionAddress
                if debugger.breakpoints.contains(address) { return .breakpoint }
                guard range.contains(address.rawValue) else { return .stepped }
                if isInterrupted() { return .interrupted }
            }
        }
    }

    private func meaning(_ stop: DebuggerStop) -> DebugStop {
        switch stop {
        case .stepped, .reached, .passed, .event: .stepped
        case .breakpoint: .breakpoint
        case .watch(let index): watchpoints.indices.contains(index) ? .watchpoint(watchpoints[index]) : .stepped
        case .interrupted: .interrupted
        case .beginning: .beginning
        case .end: .end
        }
    }

    /// Goes to where the session began.
    public func restart() throws(DebugTargetError) { try go(to: start) }

    /// Goes to a moment.
    func go(to moment: Moment) throws(DebugTargetError) {
        knownState = nil
        lastStop = nil
        do { try debugger.go(to: moment) } catch { throw DebugTargetError(error) }
    }
}

extension RecordingTarget where P: ~Copyable {
    /// The memory at a linear address, with the present paging; nil if not all of it is mapped.
    func mappedMemory(at address: GuestVirtualAddress, count: Int) throws(DebugTargetError) -> WatchedMemory? {
        do {
            var view = try debugger.view()
            return try WatchedMemory(linear: address, count: count, in: &view)
        } catch { throw DebugTargetError(error) }
    }

    /// The same where all of it has to be mapped.
    func memory(at address: GuestVirtualAddress, count: Int) throws(DebugTargetError) -> WatchedMemory {
        guard let memory = try mappedMemory(at: address, count: count) else { throw .nothingIsMapped(at: address) }
        return memory
    }
}

extension DebugTargetError {
    /// What is wrong, in words for the user.
    init(_ error: any Error) { self.init("\(error)") }

    fileprivate static func nothingIsMapped(at address: GuestVirtualAddress) -> Self {
        Self("nothing is mapped at \(address) at this moment")
    }
}

extension RegisterLayout.Width {
    /// How many keyframes are looked at.
    private static let samples = 64

    /// The widest code that the processor of some keyframes executes.
    init(of reader: TraceReader) throws(TraceError) {
        var (isLong, isProtected) = (false, false)
        for number in stride(from: 0, to: reader.keyframeCount, by: max(1, reader.keyframeCount / Self.samples)) {
            let state = try reader.keyframe(number).state
            if state.isLongModeActive { isLong = true }
            if state.mode == .protected32 { isProtected = true }
        }
        let last = try reader.keyframe(reader.keyframeCount - 1).state
        isLong = isLong || last.isLongModeActive
        isProtected = isProtected || last.mode == .protected32
        self = isLong ? .bits64 : isProtected ? .bits32 : .bits16
    }
}

extension TraceReader {
    /// The moment of the last exit or input.
    fileprivate var lastMoment: Moment {
        get throws(TimelineError) {
            do throws(TraceError) {
                var event = events.upperBound.rawValue - 1
                while event > events.lowerBound.rawValue {
                    let kind = try self.event(at: EventOrdinal(event)).event.kind
                    guard kind == .end || kind == .keyframe else { break }
                    event -= 1
                }
                return Moment(event: EventOrdinal(event))
            } catch { throw .replay(.trace(error)) }
        }
    }
}

extension Outcome {
    /// Whether the guest's own instruction ended the run, and no call of the board's.
    fileprivate var isFault: Bool {
        switch self {
        case .tripleFault, .emulationFailure: true
        default: false
        }
    }
}
