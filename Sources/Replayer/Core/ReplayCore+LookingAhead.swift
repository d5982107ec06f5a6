internal import TraceFormat

/// What comes next in the trace. The guest has not been given any of it yet.
extension ReplayCore where P: ~Copyable {
    /// The next event that is not a keyframe, if it is an exit of the guest.
    func nextExit() throws(ReplayStop) -> EventOrdinal? {
        var ahead = cursor
        while let recorded = try onTrace(ahead.next()) {
            if case .keyframe(_, .asynchronous) = recorded.event { continue }
            if case .keyframe(_, .synchronous) = recorded.event { continue }
            return recorded.event.comesByItself ? recorded.ordinal : nil
        }
        return nil
    }

    /// Whether the guest continues from the last taken event to an exit without being given anything on the way, and
    /// without the trace ending.
    func isGivenNothing() throws(ReplayStop) -> Bool {
        var ahead = cursor
        return try onTrace(ahead.next())?.event.comesByItself ?? false
    }

    /// The event of the trace's last keyframe, if the trace records nothing more that the guest does. Only states
    /// follow then, and an end that somebody outside requested or that the trace has lost.
    func lastStateOfStoppedRun() throws(ReplayStop) -> EventOrdinal? {
        switch reader.outcome {
        case nil, .stopped: break
        default: return nil
        }
        var ahead = cursor
        while let recorded = try onTrace(ahead.next()) {
            switch recorded.event {
            case .keyframe(_, .asynchronous), .keyframe(_, .synchronous), .end: continue
            default: return nil
            }
        }
        return try onTrace(reader.keyframeEntry(reader.keyframeCount - 1)).event
    }
}

extension Event {
    /// Whether a guest that is given nothing reaches this event by executing.
    var comesByItself: Bool {
        switch self {
        case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .end, .keyframe(_, .reset): false
        default: true
        }
    }
}
