internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Puts the machine into the state in which a reset left the recorded machine. The memory content at that point is
    /// an input.
    ///
    /// The guest's last exit shows that the guest requested the reset (``isResetAskedFor(before:)``). The keyframe
    /// before it shows the guest's state until then, so the stretch up to the reset has been executed.
    mutating func reset(toKeyframe number: UInt32, _ recorded: RecordedEvent) throws(ReplayStop) -> Arrival {
        guard try isResetAskedFor(before: recorded.ordinal) else {
            throw .error(.inconsistent(recorded.ordinal, "a reset that the guest did not request"))
        }
        let keyframe = try keyframe(number, recorded)
        guard try isStart(keyframe.state) else {
            throw .error(.inconsistent(recorded.ordinal, "a reset to another state than the first"))
        }
        try jump(to: keyframe, recorded)
        sequel.forget()
        return .executed(looks: 0)
    }

    /// Whether a processor is in its state at the start of the recording, if the trace goes back that far.
    private func isStart(_ state: ProcessorState) throws(ReplayStop) -> Bool {
        guard reader.header.firstEvent == EventOrdinal(0) else { return true }
        return try onTrace(reader.firstKeyframe()).state == state
    }
}
