public import GuestMemory
public import X86

/// How to bring a guest past its next instruction without its noticing.
///
/// A host steps by the processor's trap flag. The guest sees that flag if an instruction or a delivery pushes the
/// flags, and loses its own flag if it has set it. So whoever steps a guest asks here first.
public struct Stepping: Hashable, Sendable {
    /// The ways to do this.
    public enum Method: Hashable, Sendable {
        /// By ``DebuggableProcessor/step()``.
        case single
        /// By a breakpoint at one of these places, one of which the guest reaches next.
        case breakpoint([CodePlace])
        /// Not at all: the guest uses the processor's debugging itself, or begins to with this instruction.
        case guestDebugsItself
    }

    /// The way for this instruction.
    public let method: Method
    private let state: ProcessorState
    /// Where the instruction leads if it raises no exception; nil if only executing it can tell.
    private let successors: Set<UInt64>?

    /// - Parameters:
    ///   - state: the processor between two instructions.
    ///   - memory: the memory that it executes in.
    public init(_ state: ProcessorState, in memory: GuestMemory) {
        self.state = state
        let bytes = memory.read(state.instructionAddress, count: 15, in: state)
        let decoded = CodeDecoder(state.mode).instruction(bytes, at: 0, end: bytes.count)
        successors = decoded.flatMap { Self.successors(of: $0, in: state) }
        method = Self.method(state, memory, bytes, length: decoded?.length)
    }

    /// The way of a processor whose debugging the guest does not see.
    static var unseen: Stepping { Stepping() }

    private init() { (state, successors, method) = (ProcessorState(), nil, .single) }

    /// How to stop after a delivery that ``handlers(reached:in:)`` found.
    public init(_ state: ProcessorState, deliveringTo handlers: [CodePlace]) {
        self.state = state
        successors = nil
        method = state.debugsItself ? .guestDebugsItself : .breakpoint(handlers)
    }

    private static func method(
        _ state: ProcessorState,
        _ memory: GuestMemory,
        _ bytes: [UInt8],
        length: Int?
    ) -> Method {
        if state.debugsItself { return .guestDebugsItself }
        func handler(_ vector: UInt8) -> Method {
            memory.interruptHandler(vector, in: state).map { .breakpoint([$0]) } ?? .single
        }
        // A pending event comes before the instruction. The driver delivers the board's interrupts.
        if let exception = state.pending.exception { return handler(exception.vector) }
        if let interrupt = state.pending.interrupt { return interrupt.soft ? handler(interrupt.vector) : .single }
        if bytes.starts(with: Self.undefined) { return handler(6) }
        guard let length, let transfer = FlagTransfer(bytes, mode: state.mode) else { return .single }
        switch transfer {
        case .push:
            let next = state.mode.wrapped(state.rip &+ UInt64(length))
            let address = state.instructionAddress(at: next)
            return .breakpoint([CodePlace(offset: next, address: address)])
        case .interrupt(let vector): return handler(vector)
        case .interruptOnOverflow: return state.rflags & Flag.overflow != 0 ? handler(4) : .single
        case .debugException: return .guestDebugsItself
        case .loadFromRegister: return state[.r11] & Flag.trap != 0 ? .guestDebugsItself : .single
        case .load(let offset):
            // IRET between tasks takes the flags from the other task's segment.
            if offset > 0, state.rflags & Flag.nestedTask != 0, !state.isLongModeActive { return .guestDebugsItself }
            let image = memory.read(state.stackAddress(above: offset), count: 2, in: state)
            return image.count == 2 && UInt64(image[1]) << 8 & Flag.trap != 0 ? .guestDebugsItself : .single
        }
    }

    /// UD2.
    private static let undefined: [UInt8] = [0x0F, 0x0B]

    private static func successors(of decoded: CodeDecoder.Decoded, in state: ProcessorState) -> Set<UInt64>? {
        let next = state.mode.wrapped(state.rip &+ UInt64(decoded.length))
        func target(_ displacement: Int64) -> UInt64 { state.mode.wrapped(next &+ UInt64(bitPattern: displacement)) }
        switch decoded.flow {
        // A repeated instruction may stay at its place.
        case .next: return [next, state.rip]
        case .branch(let displacement): return [next, target(displacement)]
        case .jump(let displacement), .call(let displacement): return [target(displacement)]
        case .indirect(let register, _): return [state.mode.wrapped(state[register])]
        case .through, .back, .elsewhere: return nil
        }
    }

    /// The handlers of exceptions that a step of ``Method/single`` may have led to instead of where the instruction
    /// leads. Hosts execute a handler's first instruction in the same step, and have pushed the trap flag. Empty if the
    /// step went right.
    ///
    /// - Parameter registers: as ``DebuggableProcessor/exitRegisters`` gives them after the step.
    public func handlers(reached registers: [UInt64], in memory: GuestMemory) -> [CodePlace] {
        guard method == .single, registers.count > ripIndex, mayHaveBeenDelivered(registers) else { return [] }
        let rip = registers[ripIndex]
        let exceptions: ClosedRange<UInt8> = 0...31
        var found: [CodePlace] = []
        for handler in exceptions.compactMap({ memory.interruptHandler($0, in: state) }) where !found.contains(handler)
        {
            let bytes = memory.read(handler.address, count: 15, in: state)
            var entered = state
            entered.rip = handler.offset
            let first = CodeDecoder(state.mode).instruction(bytes, at: 0, end: bytes.count)
            let leadsTo = first.flatMap { Self.successors(of: $0, in: entered) } ?? []
            if rip == handler.offset || leadsTo.contains(rip) { found.append(handler) }
        }
        // A processor has four breakpoints.
        return Array(found.prefix(4))
    }

    /// RIP follows the general registers.
    private var ripIndex: Int { GeneralRegister.allCases.count }

    private func mayHaveBeenDelivered(_ registers: [UInt64]) -> Bool {
        if let successors { return !successors.contains(registers[ripIndex]) }
        // A call pushes an address and a selector at most; a delivery also pushes the flags.
        let pushed = state[.rsp] &- registers[GeneralRegister.rsp.rawValue]
        return pushed > (state.mode == .real ? 4 : 8) && pushed < UInt64(GuestMemory.pageSize)
    }

    private enum Flag {
        static let trap: UInt64 = 1 << 8
        static let overflow: UInt64 = 1 << 11
        static let nestedTask: UInt64 = 1 << 14
    }
}
