public import Devices
internal import X86

extension PCBoard {
    /// Answers RDMSR of a register that the processor does not answer itself; nil gives the guest #GP.
    public func readMSR(_ index: UInt32, now: MachineTime) -> UInt64? {
        switch index {
        case ModelSpecificRegister.timeStampCounter: now.nanoseconds
        case ModelSpecificRegister.apicBase: lines.base.rawValue
        default: nil
        }
    }

    /// Follows CR8, which is the upper half of the local APIC's task priority. Asked for at every exit.
    public mutating func followTaskPriority(_ class: UInt8) {
        guard lines.localAPIC.taskPriorityClass != `class` else { return }
        lines.localAPIC.taskPriorityClass = `class`
    }

    /// Takes WRMSR of a register that the processor does not take itself; false gives the guest #GP.
    public mutating func writeMSR(_ index: UInt32, _ value: UInt64, now: MachineTime) -> Bool {
        guard index == ModelSpecificRegister.apicBase else { return false }
        advanceTimers(to: now)
        defer { updateDeadline(after: now) }
        return lines.setBase(value)
    }
}

/// Model-specific registers that the board answers.
private enum ModelSpecificRegister {
    /// IA32_TIME_STAMP_COUNTER; this machine's runs at 1 GHz.
    static let timeStampCounter: UInt32 = 0x10
    /// IA32_APIC_BASE.
    static let apicBase: UInt32 = 0x1B
}
