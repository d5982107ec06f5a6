public import GuestMemory
public import X86

/// Instructions near some places that read hidden state and are not trapped: a replay that took another path may have
/// met them.
public struct UntrappedReads {
    /// One such instruction.
    public struct Finding: Hashable, Sendable {
        /// Its instruction pointer.
        public var rip: UInt64
        /// What it is.
        public var instruction: HiddenInstruction
    }

    /// What was found, the likeliest first.
    public private(set) var findings: [Finding] = []

    /// How many instructions are decoded from each place on.
    private static let budget = 4096
    /// How many bytes before and after each place are searched too.
    private static let reach: UInt64 = 512

    /// - Parameters:
    ///   - places: instruction pointers of places where the guest was, the last one first.
    ///   - state: where it stands now.
    public init(near places: [UInt64], _ state: ProcessorState, in memory: GuestMemory) {
        let all = Set(HiddenInstruction.allCases)
        for place in places {
            var there = state
            there.rip = place
            let walk = CodeWalk(from: there, in: memory, finding: all, budget: Self.budget)
            add(walk.findings.map { Finding(rip: $0.rip, instruction: $0.code.instruction) })
        }
        // A walk from a place does not find code that was executed only before it.
        for place in places {
            let start = place - min(place, Self.reach)
            let bytes = memory.read(state.instructionAddress(at: start), count: Int(2 * Self.reach), in: state)
            var scanner = HiddenInstructionScanner(bytes, wanted: all, limit: CodePatcher.limit)
            scanner.scan(CodeRange(bytes.indices, .searched))
            add(scanner.findings.map { Finding(rip: start &+ UInt64($0.offset), instruction: $0.code.instruction) })
        }
    }

    private mutating func add(_ new: [Finding]) {
        for finding in new where !findings.contains(finding) { findings.append(finding) }
    }
}
