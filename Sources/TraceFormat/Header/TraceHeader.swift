public import X86

/// What a trace says about itself before its first event: where it was made, and from what.
public struct TraceHeader: Hashable, Sendable {
    /// The version of the file format that this code writes.
    public static let formatVersion: UInt32 = 3
    /// The versions that this code reads.
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
    /// What executed it.
    public var recording: Recording
    /// How the machine was set up.
    public var setup: Setup
    /// How a replay may reach this trace's asynchronous keyframes.
    public var landing: LandingPolicy
    /// The seed that varied the schedule, if one did.
    public var chaosSeed: UInt64?
    /// Guest code that the recorder replaced before the run. Tools use this to show the guest's own code.
    public var patches: [CodePatch]
    /// The instructions that the recorder replaced wherever it found them, before and during the run.
    public var trapped: Set<HiddenInstruction>
    /// The first of the four private ports for instructions that device writes made to trap; nil if none was chosen, or
    /// if ``patches`` tell it.
    public var trapPort: UInt8?
    /// Whether keyframes list every page that was written since the keyframe before, even if its content is the same as
    /// before. If so, a page that is not listed was not written.
    public var listsWrittenPages: Bool
    /// Remarks for people, in order.
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
        recording: Recording = Recording(),
        setup: Setup = Setup(),
        landing: LandingPolicy,
        chaosSeed: UInt64? = nil,
        patches: [CodePatch] = [],
        trapped: Set<HiddenInstruction> = Set(HiddenInstruction.allCases),
        trapPort: UInt8? = nil,
        listsWrittenPages: Bool = false,
        notes: [Note] = []
    ) {
        self.creationTime = creationTime
        self.recorder = recorder
        self.firstEvent = firstEvent
        self.host = host
        self.guest = guest
        self.machine = machine
        self.processor = processor
        self.recording = recording
        self.setup = setup
        self.landing = landing
        self.chaosSeed = chaosSeed
        self.patches = patches
        self.trapped = trapped
        self.trapPort = trapPort
        self.listsWrittenPages = listsWrittenPages
        self.notes = notes
    }
}

/// How a replay reaches a moment between two exits. Numbered as in a trace; a trace that allows one way also allows
/// those with lower numbers, except for the last.
public enum LandingPolicy: UInt8, CaseIterable, Hashable, Sendable {
    /// By restoring the keyframe that was taken there.
    case jump = 0
    /// By a breakpoint at the recorded address and a comparison of the whole state.
    case breakpoint = 1
    /// By counting retired branches.
    case branchCounter = 2
    /// By counting all instructions. Moments between two exits may have no keyframe, so no other way leads to them.
    case instructionCount = 3

    /// Its name in JSON.
    public var name: String {
        switch self {
        case .jump: "jump"
        case .breakpoint: "breakpoint"
        case .branchCounter: "branchCounter"
        case .instructionCount: "instructionCount"
        }
    }
}
