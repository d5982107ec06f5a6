public import Engine

/// Replays epochs on one engine, whichever that is. Its closures keep a ``ReplaySession``.
public struct EpochReplayer {
    let replay: (_ request: EpochRequest, _ note: (ReplayStep) -> Void) throws(ReplayError) -> EpochRun
    let canStop: (_ mode: GuestMode) -> Bool

    /// Makes a replayer of what a session does.
    ///
    /// - Parameters:
    ///   - replay: ``ReplaySession/run(_:note:)``.
    ///   - canStop: ``ReplaySession/canStop(in:)``.
    public init(
        replay: @escaping (_ request: EpochRequest, _ note: (ReplayStep) -> Void) throws(ReplayError) -> EpochRun,
        canStop: @escaping (_ mode: GuestMode) -> Bool
    ) {
        self.replay = replay
        self.canStop = canStop
    }
}
