public import KVMEngine
public import Replayer

/// A timeline on the engine that tests record with.
public typealias KVMTimeline = Timeline<KVMProcessor>
/// A replay on the engine that tests record with.
public typealias KVMReplaySession = ReplaySession<KVMProcessor>
