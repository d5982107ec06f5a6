internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Puts the machine into the state in which a reset of the recorded machine left it: what is in memory then is an input.
    ///
    /// That the guest asked for it is seen by its last exit (``isResetAskedFor(before:)``), and its state until then by the keyframe
    /// before, so that the stretch up to it has been executed.
    mutating func reset(toKeyframe number: UInt32, _ recorded: RecordedEvent) throws(ReplayStop) -> Arrival {
        guard try isResetAskedFor(before: recorded.ordinal) else {
            throw .error(.inconsistent(recorded.ordinal, "a reset that the guest did not ask for"))
        }
        let keyframe = try keyframe(number, recorded)
        guard try isStart(keyframe.state) else {
            throw .error(.inconsistent(recorded.ordinal, "a reset to another state than the first"))
        }
        try jump(to: keyframe, recorded)
        sequel.forget()
        return .executed(looks: 0)
    }

    /// Whether a processor is as at the start of the recording, as far as the trace goes back to it.
    private func isStart(_ state: ProcessorState) throws(ReplayStop) -> Bool {
        guard reader.header.firstEvent == EventOrdinal(0) else { return true }
        return try onTrace(reader.firstKeyframe()).state == state
    }
}
