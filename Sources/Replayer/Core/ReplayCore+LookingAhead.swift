internal import TraceFormat

/// What comes next in the trace, of which the guest is given nothing yet.
extension ReplayCore where P: ~Copyable {
    /// The next event but keyframes, if it is an exit of the guest's.
    func nextExit() throws(ReplayStop) -> EventOrdinal? {
        var ahead = cursor
        while let recorded = try onTrace(ahead.next()) {
            if case .keyframe(_, .asynchronous) = recorded.event { continue }
            if case .keyframe(_, .synchronous) = recorded.event { continue }
            return recorded.event.comesByItself ? recorded.ordinal : nil
        }
        return nil
    }

    /// Whether a guest goes on from the event that was taken last to an exit of its own: it is given nothing before, and the
    /// trace does not end.
    func isGivenNothing() throws(ReplayStop) -> Bool {
        var ahead = cursor
        return try onTrace(ahead.next())?.event.comesByItself ?? false
    }

    /// The event of the trace's last keyframe, if the guest does nothing more that the trace knows of: what follows are states,
    /// and the end that somebody outside asked for, or that the trace has lost.
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
    /// Whether a guest that is given nothing comes to it by executing.
    fileprivate var comesByItself: Bool {
        switch self {
        case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .end, .keyframe(_, .reset): false
        default: true
        }
    }
}
