internal import Engine
internal import KVMCore
internal import X86

/// The local APIC is a device, but the processor knows where it is and what CPUID says about it.
extension KVMProcessor {
    /// IA32_APIC_BASE (Intel SDM vol. 3, 11.4.4).
    enum APICBase {
        static let number: UInt32 = 0x1B
        static let bootstrapProcessor: UInt64 = 1 << 8
        static let enable: UInt64 = 1 << 11
        static let addressMask: UInt64 = ~0xFFF
        static let reset: UInt64 = 0xFEE0_0900
    }

    /// The offset of TPR in the APIC's registers; its upper half is CR8 (11.8.6.1).
    private static let taskPriorityOffset: UInt64 = 0x80

    /// Applies an exit's effect on the registers that the processor shares with its local APIC.
    mutating func followLocalAPIC(_ exit: Exit) {
        switch exit {
        case .memoryWrite(let address, length: 4, let value):
            guard apicBase & APICBase.enable != 0,
                address.rawValue == apicBase & APICBase.addressMask + Self.taskPriorityOffset
            else { return }
            vcpu.taskPriority = value >> 4 & 0xF
        case .writeMSR(APICBase.number, let value): writtenAPICBase = value | APICBase.bootstrapProcessor
        default: break
        }
    }

    /// Applies what the last exit wrote to IA32_APIC_BASE, unless it was refused. The instruction is over then.
    mutating func takeAPICBase() throws(EngineError) {
        guard let value = writtenAPICBase else { return }
        writtenAPICBase = nil
        guard value != apicBase else { return }
        do {
            _ = try vcpu.completePendingExit()
            var registers = try vcpu.specialRegisters()
            registers.control.apicBase = value
            try vcpu.setSpecialRegisters(registers)
        } catch {
            throw .kvm(error)
        }
        apicBase = value
    }
}
