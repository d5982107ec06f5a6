import CKVM

/// The guest's own debug registers (`struct kvm_debugregs`).
public struct DebugRegisters: Hashable, Sendable {
    /// DR0 to DR3: linear addresses.
    public var addresses = SIMD4<UInt64>()
    /// DR6.
    public var status: UInt64 = 0
    /// DR7.
    public var control: UInt64 = 0

    /// All registers zero.
    public init() {}

    init(_ registers: kvm_debugregs) {
        addresses = SIMD4(registers.db.0, registers.db.1, registers.db.2, registers.db.3)
        status = registers.dr6
        control = registers.dr7
    }

    var kernelValue: kvm_debugregs {
        var registers = kvm_debugregs()
        registers.db = (addresses[0], addresses[1], addresses[2], addresses[3])
        registers.dr6 = status
        registers.dr7 = control
        return registers
    }
}
