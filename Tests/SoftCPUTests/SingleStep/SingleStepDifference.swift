/// How what the software processor leaves differs from what a test says.
struct SingleStepDifference {
    typealias Register = SingleStepTest.Register

    /// Flags that differ at the end, and in what an interrupt pushed.
    var flags: UInt16 = 0
    var pushedFlags: UInt16 = 0
    var registers: Set<Register> = []
    /// Addresses of bytes.
    var memory: [Int] = []
    /// The exception that was raised last, where another should have been.
    var vector: UInt8?

    var isNone: Bool { flags == 0 && pushedFlags == 0 && registers.isEmpty && memory.isEmpty && vector == nil }
}
