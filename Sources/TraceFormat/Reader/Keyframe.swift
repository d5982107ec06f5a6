public import ByteCoding
public import X86

/// The whole state at a moment of the recording.
public struct Keyframe: Sendable {
    /// Keyframes before this one.
    public var number: UInt32
    /// The keyframe's event: the state is the one right after the event before it.
    public var event: EventOrdinal
    /// How a replay comes to it.
    public var position: KeyframePosition
    /// The processor's state.
    public var state: ProcessorState
    /// Of the state.
    public var digest: StateDigest
    /// Pages that changed since the keyframe before, by address; pages that became all zero are among them. Others may be
    /// listed too: see ``TraceHeader/listsWrittenPages``.
    public var changedPages: [GuestPhysicalAddress]
    /// Guest memory, read from the trace page by page as it is asked for.
    public var memory: KeyframeMemory
}
