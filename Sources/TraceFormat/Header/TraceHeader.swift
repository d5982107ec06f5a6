/// What a trace says of itself before its first event: where it was made and of what.
public struct TraceHeader: Hashable, Sendable {
    /// The version of the file format that this code writes.
    public static let formatVersion: UInt32 = 3
    /// The versions that it reads.
    public static let readableVersions: ClosedRange<UInt32> = 1...formatVersion

    /// Seconds since 1970-01-01 UTC at which the recording began.
    public var creationTime: Int64
    /// Name and version of the recorder.
    public var recorder: String
    /// Ordinal of the first event: 0 in a recording, more in a stretch cut out of one.
    public var firstEvent: EventOrdinal
    /// Where it was recorded.
    public var host: Host
    /// What was recorded.
    public var guest: Guest
    /// The board around the processor.
    public var machine: Machine
    /// What the guest saw of the processor.
    public var processor: Processor
    /// How a replay may come to this trace's asynchronous keyframes.
    public var landing: LandingPolicy
    /// The seed that varied the schedule, where one did.
    public var chaosSeed: UInt64?
    /// Guest code that the recorder replaced before the run, so that tools can show the guest's own.
    public var patches: [CodePatch]
    /// Free remarks, in order.
    public var notes: [Note]

    /// Makes a header of its parts.
    public init(
        creationTime: Int64,
        recorder: String,
        firstEvent: EventOrdinal = EventOrdinal(0),
        host: Host,
        guest: Guest,
        machine: Machine,
        processor: Processor,
        landing: LandingPolicy,
        chaosSeed: UInt64? = nil,
        patches: [CodePatch] = [],
        notes: [Note] = []
    ) {
        self.creationTime = creationTime
        self.recorder = recorder
        self.firstEvent = firstEvent
        self.host = host
        self.guest = guest
        self.machine = machine
        self.processor = processor
        self.landing = landing
        self.chaosSeed = chaosSeed
        self.patches = patches
        self.notes = notes
    }
}

/// How a replay comes to a moment between two exits. Numbered as in a trace; a trace that serves one serves those
/// with lower numbers too.
public enum LandingPolicy: UInt8, CaseIterable, Hashable, Sendable {
    /// By restoring the keyframe that was taken there.
    case jump = 0
    /// By a breakpoint at the recorded address and a comparison of the whole state.
    case breakpoint = 1
    /// By counting retired branches.
    case branchCounter = 2
}
