internal import Machine
internal import X86

/// The machine resets that a guest requests, if they do not end the run.
struct GuestResets {
    /// The configuration to load again, or nil if a reset ends the run.
    let configuration: MachineConfiguration?
    /// The processor's state at the start. A reset returns to it.
    var initialState: ProcessorState?
    /// Whether the guest has requested a reset with an instruction that has not finished yet.
    var isAskedFor = false
    /// How many resets there were.
    var count: UInt64 = 0
}
