public import GuestMemory
public import X86

/// Decodes the code that a guest is about to execute, from its present position, which is the one place where an
/// instruction certainly begins.
///
/// The walk follows direct jumps, branches and calls, and also returns, as far as the stack holds the address after a
/// call. It ends where only the guest knows how to go on, or after a number of instructions.
public struct CodeWalk {
    /// An instruction that reads hidden state.
    public struct Finding: Hashable, Sendable {
        /// Its instruction pointer.
        public var rip: UInt64
        /// Where it is in memory.
        public var address: GuestPhysicalAddress
        /// What it is.
        public var code: TrapCode
    }

    /// The instructions that were found, in the order in which they were met.
    public private(set) var findings: [Finding] = []
    /// The instruction pointers of jumps and calls to the address in a register, in the order in which they were met.
    public private(set) var indirect: [UInt64] = []

    /// Whether an instruction that was met sets one of the processor's debug registers.
    public private(set) var setsDebugRegisters = false

    /// The words in memory through which jumps and calls go, in the order in which they were met.
    public private(set) var pointers: [GuestPhysicalAddress] = []

    /// A place to go on from, and how far the stack pointer is then above its present value; nil if that is unknown.
    private struct Start {
        var rip: UInt64
        var depth: Int?
    }

    private let state: ProcessorState
    private let memory: GuestMemory
    private let wanted: Set<HiddenInstruction>
    private let decoder: CodeDecoder
    private var pages: [UInt64: [UInt8]] = [:]
    private var visited: Set<UInt64> = []
    private var starts: [Start]
    private var budget: Int

    /// - Parameters:
    ///   - state: where the guest stands, between two instructions.
    ///   - wanted: which instructions to find.
    ///   - knowsStack: whether the code will run with the present stack.
    ///   - budget: the most instructions to decode.
    public init(
        from state: ProcessorState,
        in memory: GuestMemory,
        finding wanted: Set<HiddenInstruction>,
        knowsStack: Bool = true,
        budget: Int
    ) {
        self.state = state
        self.memory = memory
        self.wanted = wanted
        self.budget = budget
        decoder = CodeDecoder(state.mode)
        starts = [Start(rip: state.rip, depth: knowsStack ? 0 : nil)]
        var next = 0
        while next < starts.count, self.budget > 0 {
            follow(starts[next])
            next += 1
        }
    }

    /// Decodes in order up to where execution cannot simply go on. What does not end in a jump is no code: what was
    /// found in it does not count.
    private mutating func follow(_ start: Start) {
        var (rip, depth) = (start.rip, start.depth)
        var found: [Finding] = []
        while budget > 0 {
            guard visited.insert(rip).inserted else { break }
            budget -= 1
            guard let decoded = instruction(at: rip) else {
                // A segment may be code up to its end, where execution cannot go on either.
                if reachesSegmentEnd(from: rip) { break }
                return
            }
            if case .hidden(let code, let prefixes) = decoded.meaning, wanted.contains(code.instruction),
                let address = place(rip &+ UInt64(prefixes), code.length)
            {
                found.append(Finding(rip: rip &+ UInt64(prefixes), address: address, code: code))
            }
            if decoded.setsDebugRegister { setsDebugRegisters = true }
            let next = state.mode.wrapped(rip &+ UInt64(decoded.length))
            switch decoded.flow {
            case .next(let change):
                depth = depth.map { $0 + change }
                rip = next
                continue
            case .branch(let displacement):
                go(to: next, displacement, depth)
                rip = next
                continue
            case .call(let displacement):
                go(to: next, displacement, nil)
                rip = next
                continue
            case .indirect(_, let isCall):
                indirect.append(rip)
                if isCall {
                    rip = next
                    continue
                }
            case .through(let displacement, let isCall):
                goThrough(next, displacement, isCall ? nil : depth)
                if isCall {
                    rip = next
                    continue
                }
            case .jump(let displacement): go(to: next, displacement, depth)
            case .back(let size, let release): goBack(size, release, depth)
            case .elsewhere: break
            }
            break
        }
        findings += found
    }

    private mutating func go(to next: UInt64, _ displacement: Int64, _ depth: Int?) {
        starts.append(Start(rip: state.mode.wrapped(next &+ UInt64(bitPattern: displacement)), depth: depth))
    }

    /// Goes on where a word in memory says now, if it says anything.
    private mutating func goThrough(_ next: UInt64, _ displacement: Int64, _ depth: Int?) {
        let offset = UInt64(bitPattern: displacement)
        let linear = state.mode == .long64 ? next &+ offset : (state.segments.ds.base &+ offset) & 0xFFFF_FFFF
        guard let address = memory.translate(GuestVirtualAddress(linear), in: state),
            let rip = Self.target(at: address, in: memory, for: state)
        else { return }
        pointers.append(address)
        if rip != 0 { starts.append(Start(rip: rip, depth: depth)) }
    }

    /// What a word says in a mode; nil where it is not in memory.
    static func target(at address: GuestPhysicalAddress, in memory: GuestMemory, for state: ProcessorState) -> UInt64? {
        memory.word(at: address).map { state.mode == .long64 ? $0 : $0 & 0xFFFF_FFFF }
    }

    /// Goes on behind the call that a return leads to. A word that does not stand behind a call is no return address.
    private mutating func goBack(_ size: AccessSize, _ release: Int, _ depth: Int?) {
        guard let depth, depth >= 0, depth < GuestMemory.pageSize else { return }
        let word = memory.read(state.stackAddress(above: UInt64(depth)), count: size.byteCount, in: state)
        guard word.count == size.byteCount else { return }
        let rip = word.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        guard isBehindCall(rip) else { return }
        starts.append(Start(rip: rip, depth: depth + size.byteCount + release))
    }

    /// The forms of CALL that a compiler or an assembler makes are 2 to 7 bytes long.
    private mutating func isBehindCall(_ rip: UInt64) -> Bool {
        for length in [5, 2, 3, 6, 7, 4] as [UInt64] where rip >= length {
            guard let decoded = instruction(at: rip - length), decoded.length == Int(length) else { continue }
            if decoded.isCall { return true }
        }
        return false
    }

    private mutating func instruction(at rip: UInt64) -> CodeDecoder.Decoded? {
        let linear = state.instructionAddress(at: rip).rawValue
        let (page, offset) = (linear & ~0xFFF, Int(linear & 0xFFF))
        let bytes = content(of: page)
        guard offset < bytes.count, let room = room(from: rip) else { return nil }
        return decoder.instruction(bytes, at: offset, end: min(bytes.count, offset + room))
    }

    /// How many bytes an instruction may have, which ends where its segment does; nil where it cannot begin.
    private func room(from rip: UInt64) -> Int? {
        let limit = UInt64(state.segments.cs.limit)
        guard state.mode != .long64 else { return TrapCode.maximumLength }
        return rip <= limit ? Int(min(limit - rip, UInt64(TrapCode.maximumLength - 1))) + 1 : nil
    }

    /// Whether the longest instruction would not fit behind an instruction pointer.
    private func reachesSegmentEnd(from rip: UInt64) -> Bool {
        room(from: rip).map { $0 < TrapCode.maximumLength } ?? true
    }

    /// A page, and behind it as much of the next one as the last instruction may take.
    private mutating func content(of page: UInt64) -> [UInt8] {
        if let bytes = pages[page] { return bytes }
        let count = GuestMemory.pageSize + TrapCode.maximumLength
        let bytes = memory.read(GuestVirtualAddress(page), count: count, in: state)
        pages[page] = bytes
        return bytes
    }

    /// Where an instruction is in memory; nil if it lies on two pages that are not neighbours there.
    private func place(_ rip: UInt64, _ length: Int) -> GuestPhysicalAddress? {
        let last = UInt64(length - 1)
        guard let start = memory.translate(state.instructionAddress(at: rip), in: state),
            memory.translate(state.instructionAddress(at: rip &+ last), in: state)?.rawValue == start.rawValue &+ last,
            memory.contains(start, count: length)
        else { return nil }
        return start
    }
}
