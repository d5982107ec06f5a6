internal import Engine
internal import SoftCPU
internal import X86

/// The registers that the processor shares with its local APIC: see ``LocalAPICBase``.
extension SoftProcessor {
    /// CR8 as the last exit left it; see ``Processor/taskPriority``.
    public var taskPriority: UInt8 { cpu.taskPriority }

    /// Follows a store to the task priority.
    func followTaskPriority(_ address: GuestPhysicalAddress, _ size: Int, _ value: UInt64) {
        let base = LocalAPICBase(rawValue: cpu.apicBase)
        guard let priority = base.taskPriority(storing: value, length: UInt8(size), at: address) else { return }
        cpu.taskPriority = priority
    }
}
