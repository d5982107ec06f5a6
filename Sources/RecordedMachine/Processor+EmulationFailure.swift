public import Engine
internal import GuestMemory
public import TraceFormat
internal import X86

extension Processor where Self: ~Copyable {
    /// The outcome of a run that ended at an instruction that this host cannot execute, with the decoded instruction.
    public mutating func describeEmulationFailure() throws(EngineError) -> Outcome {
        let state = try state()
        let bytes = memory.read(state.instructionAddress, count: 15, in: state)
        let instruction = memory.instructions(at: state, limit: 1).first
        return .emulationFailure(
            address: state.instructionAddress,
            instruction: instruction?.bytes ?? bytes,
            text: instruction?.text ?? "no instruction"
        )
    }
}
