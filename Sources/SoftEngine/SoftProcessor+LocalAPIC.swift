internal import Engine
internal import SoftCPU
internal import X86

/// The local APIC is a device, but where it is and what CPUID says of it are the processor's.
extension SoftProcessor {
    /// IA32_APIC_BASE (Intel SDM vol. 3, 11.4.4).
    enum APICBase {
        static let number: UInt32 = 0x1B
        static let bootstrapProcessor: UInt64 = 1 << 8
        static let enable: UInt64 = 1 << 11
        static let addressMask: UInt64 = ~0xFFF
    }

    /// TPR's place among the APIC's registers; its upper half is CR8 (11.8.6.1).
    private static var taskPriorityOffset: UInt64 { 0x80 }

    /// CR8 as the last exit left it; see ``Processor/taskPriority``.
    public var taskPriority: UInt8 { cpu.taskPriority }

    /// Follows a store to the task priority.
    func followTaskPriority(_ address: GuestPhysicalAddress, _ size: Int, _ value: UInt64) {
        let base = cpu.apicBase
        guard size == 4, base & APICBase.enable != 0,
            address.rawValue == base & APICBase.addressMask + Self.taskPriorityOffset
        else { return }
        cpu.taskPriority = UInt8(truncatingIfNeeded: value >> 4 & 0xF)
    }
}
