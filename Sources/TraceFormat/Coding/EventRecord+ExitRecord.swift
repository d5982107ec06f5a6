import X86

extension EventRecord {
    /// The record of an event that is held like an exit.
    init(_ exit: ExitRecord, time: UInt32) {
        let form = EventForm(kind: exit.kind, detail: exit.detail, flags: exit.flags, key: exit.key)
        self.init(form, rip: exit.rip, time: time)
        value = exit.value
        address = exit.address
        instructions = exit.instructions
        auxiliary = exit.auxiliary
    }
}
