internal import Engine
internal import TraceFormat
internal import X86

extension ReplaySession where P: ~Copyable {
    /// The turns of a loop that are compared, to see what each changes.
    private static var comparedTurns: Int { 256 }

    /// The event of the trace's last keyframe, if the guest does nothing more that the trace knows of: what follows are states,
    /// and the end that somebody outside asked for, or that the trace has lost.
    func lastStateOfStoppedRun() throws -> EventOrdinal? {
        switch reader.outcome {
        case nil, .stopped: break
        default: return nil
        }
        var ahead = cursor
        while let recorded = try ahead.next() {
            switch recorded.event {
            case .keyframe(_, .asynchronous), .keyframe(_, .synchronous), .end: continue
            default: return nil
            }
        }
        return try reader.keyframeEntry(reader.keyframeCount - 1).event
    }

    /// Whether the guest goes round a loop through a keyframe's instruction, and could be in the keyframe's state at another
    /// turn: every register and every page that is not the keyframe's changes from turn to turn.
    mutating func isInLoop(_ keyframe: Keyframe, _ recorded: RecordedEvent) throws -> Bool {
        guard case .there = try search(keyframe, recorded, until: { _, looks in looks == 1 }) else { return false }
        _ = try capture()
        var previous = try processor.state()
        var changing: Set<String> = []
        let end = try search(keyframe, recorded) { session, looks in
            let present = try session.processor.state()
            changing.formUnion(previous.differences(to: present).map(\.field))
            previous = present
            return looks == Self.comparedTurns
        }
        guard case .there = end else { return false }
        let written = Set(try capture().changedPages)
        let registers = keyframe.state.differences(to: previous).map(\.field)
        return try changing.isSuperset(of: registers) && written.isSuperset(of: pages(thatDifferFrom: keyframe))
    }
}
