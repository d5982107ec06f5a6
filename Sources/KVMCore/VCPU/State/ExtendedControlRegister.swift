/// An extended control register with its contents (`struct kvm_xcr`).
public struct ExtendedControlRegister: Hashable, Sendable {
    /// Its number, as in ECX for XGETBV; 0 is XCR0.
    public var number: UInt32
    /// What it holds.
    public var value: UInt64

    /// Makes a register of its parts.
    public init(number: UInt32, value: UInt64) {
        self.number = number
        self.value = value
    }
}
