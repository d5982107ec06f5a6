public import ByteCoding
public import X86

/// The whole state at a moment of the recording.
public struct Keyframe: Sendable {
    /// The number of keyframes before this one.
    public var number: UInt32
    /// The keyframe's event: the state is the one right after the event before it.
    public var event: EventOrdinal
    /// How a replay reaches it.
    public var position: KeyframePosition
    /// The processor's state.
    public var state: ProcessorState
    /// The digest of the state.
    public var digest: StateDigest
    /// Pages that changed since the keyframe before, by address, including pages that became all zero. It may list
    /// other pages too: see ``TraceHeader/listsWrittenPages``.
    public var changedPages: [GuestPhysicalAddress]
    /// Guest memory. Its pages are read from the trace when they are needed.
    public var memory: KeyframeMemory
}
