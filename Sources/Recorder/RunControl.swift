internal import TraceFormat

/// Who stops a run, when it stops by itself, and who is told about its progress.
struct RunControl {
    let stop: StopRequest
    let progress: RunProgress
    let limits: RunLimits

    /// Why a run with this many events and bytes has to stop, or nil if it may continue.
    func reasonToStop(events: UInt64, bytes: UInt64) -> StopReason? {
        if let reason = stop.pending { return reason }
        if let most = limits.events, events >= most { return .eventLimit }
        if let most = limits.bytes, bytes >= most { return .sizeLimit }
        return nil
    }
}
