internal import TraceFormat

/// Who stops a run, when it stops by itself, and who is told how far it has come.
struct RunControl {
    let stop: StopRequest
    let progress: RunProgress
    let limits: RunLimits

    /// Why a run of so many events, in so many bytes, has to stop; nil where it may go on.
    func reasonToStop(events: UInt64, bytes: UInt64) -> StopReason? {
        if let reason = stop.pending { return reason }
        if let most = limits.events, events >= most { return .eventLimit }
        if let most = limits.bytes, bytes >= most { return .sizeLimit }
        return nil
    }
}
