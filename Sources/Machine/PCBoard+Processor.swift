public import Devices
internal import Platform
internal import X86

extension PCBoard {
    /// Answers RDMSR of a register that the processor itself does not handle; nil gives the guest #GP.
    public func readMSR(_ index: UInt32, now: MachineTime) -> UInt64? {
        index == ModelSpecificRegister.apicBase ? lines.base.rawValue : modelSpecific.read(index, now: now)
    }

    /// Updates the local APIC's task priority, whose upper half is CR8. Called at every exit.
    public mutating func followTaskPriority(_ class: UInt8) {
        guard lines.localAPIC.taskPriorityClass != `class` else { return }
        lines.localAPIC.taskPriorityClass = `class`
    }

    /// Handles WRMSR of a register that the processor itself does not handle; false gives the guest #GP.
    public mutating func writeMSR(_ index: UInt32, _ value: UInt64, now: MachineTime) -> Bool {
        guard index == ModelSpecificRegister.apicBase else { return modelSpecific.write(index, value, now: now) }
        advanceTimers(to: now)
        defer { updateDeadline(after: now) }
        return lines.setBase(value)
    }

    /// The time-stamp counter, as the guest has set it.
    public func timeStampCounter(at now: MachineTime) -> UInt64 { modelSpecific.timeStampCounter(at: now) }
}
