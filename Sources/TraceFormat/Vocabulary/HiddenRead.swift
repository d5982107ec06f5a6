public import X86

/// The result of a trapped instruction that reads something a guest cannot compute: a time counter or randomness.
public struct HiddenRead: Hashable, Sendable {
    /// Which instruction.
    public var instruction: Instruction
    /// What it read.
    public var value: UInt64
    /// RDTSCP: TSC_AUX. 0 for the others.
    public var auxiliary: UInt32
    /// The carry flag after RDRAND and RDSEED; true for the others.
    public var succeeded: Bool

    /// Makes a result of its parts.
    public init(instruction: Instruction, value: UInt64, auxiliary: UInt32 = 0, succeeded: Bool = true) {
        self.instruction = instruction
        self.value = value
        self.auxiliary = auxiliary
        self.succeeded = succeeded
    }

    /// The instructions that are trapped, numbered as in a trace.
    public typealias Instruction = HiddenInstruction
}
