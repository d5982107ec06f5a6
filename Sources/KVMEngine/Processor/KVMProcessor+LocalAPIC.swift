internal import Engine
internal import KVMCore
internal import X86

/// The registers that the processor shares with its local APIC: see ``LocalAPICBase``.
extension KVMProcessor {
    /// Follows what an exit does to them.
    mutating func followLocalAPIC(_ exit: Exit) {
        switch exit {
        case .memoryWrite(let address, let length, let value):
            guard let priority = apicBase.taskPriority(storing: value, length: length, at: address) else { return }
            vcpu.taskPriority = UInt64(priority)
        case .writeMSR(LocalAPICBase.number, let value): writtenAPICBase = LocalAPICBase(writing: value)
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
            registers.control.apicBase = value.rawValue
            try vcpu.setSpecialRegisters(registers)
        } catch {
            throw .kvm(error)
        }
        apicBase = value
    }
}
