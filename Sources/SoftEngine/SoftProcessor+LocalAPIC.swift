internal import Engine
internal import SoftCPU
internal import X86

/// The registers that the processor shares with its local APIC. See ``LocalAPICBase``.
extension SoftProcessor {
    /// CR8 at the last exit. See ``Processor/taskPriority``.
    public var taskPriority: UInt8 { cpu.taskPriority }

    /// Updates the task priority if a store writes to it.
    func followTaskPriority(_ address: GuestPhysicalAddress, _ size: Int, _ value: UInt64) {
        let base = LocalAPICBase(rawValue: cpu.apicBase)
        guard let priority = base.taskPriority(storing: value, length: UInt8(size), at: address) else { return }
        cpu.taskPriority = priority
    }
}
