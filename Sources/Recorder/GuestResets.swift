internal import Machine
internal import X86

/// Resets of the machine that a guest asks for, where they do not end the run.
struct GuestResets {
    /// What is loaded again; nil where a reset ends the run.
    let configuration: MachineConfiguration?
    /// The processor's state at the start, which a reset leads back to.
    var initialState: ProcessorState?
    /// The guest has asked for one, and the instruction by which it did is not over.
    var isAskedFor = false
    /// How many there were.
    var count: UInt64 = 0
}
