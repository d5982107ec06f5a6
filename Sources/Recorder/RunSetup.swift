public import Engines
public import Machine
public import Platform
public import TraceFormat

/// How a run is watched and stopped, and what surrounds the guest.
///
/// It has many properties because it is a list of choices: each is one that whoever starts a run may make, most have a default,
/// and nothing acts on two of them together.
public struct RunSetup: Sendable {
    /// What executes the guest.
    public var engine: EngineChoice
    /// When it is stopped that does not stop by itself.
    public var limits: RunLimits
    /// Stops it from another thread.
    public var stop: StopRequest
    /// Tells another thread how far it has come.
    public var progress: RunProgress
    /// The file descriptor that shows the guest's console, or nil.
    public var consoleDescriptor: Int32?
    /// Is called before a piece of the console is shown there, and told whether a line ends with it.
    public var willShowConsole: @Sendable (_ endsLine: Bool) -> Void = { _ in }
    /// Is called once everything that the run needs is open, before the guest executes anything: a process may give up the
    /// right to open more there.
    public var didOpen: @Sendable () -> Void = {}
    /// The date at the start: seconds since 1970-01-01 UTC.
    public var date: Int64

    /// Nanoseconds that an interrupt waits for an exit at which the guest can take it, before the guest is stopped for it.
    public var graceNanoseconds: UInt64

    /// How often the whole state is recorded.
    public var keyframes: KeyframePolicy
    /// Varies the schedule, if given: see `--chaos`.
    public var chaosSeed: UInt64?
    /// When the trace is brought to the disk.
    public var sync: SyncPolicy
    /// How much of the end of the run is kept; nil keeps all.
    public var ring: RingPolicy?
    /// Whether a reset resets the machine; else it ends the run.
    public var resets = true
    /// Which clock the machine has.
    public var clock = ClockPolicy.real
    /// What the guest's real-time clock shows at the start, if not ``date``: seconds since 1970-01-01 UTC.
    public var clockDate: Int64?
    /// The disks.
    public var drives: [Drive] = []
    /// What is behind a unikernel's devices.
    public var unikernel = UnikernelSetup()
    /// Files that firmware and kernels can read by name.
    public var files: [FirmwareFile] = []
    /// What is typed on the guest's console.
    public var input = ConsoleInput()
    /// Types on the guest's console too.
    public var script: InputScript?
    /// Whether what firmware writes to its debug port is shown on the console.
    public var showsFirmwareLog = true
    /// Whether to note accesses that nobody claims.
    public var notesUnclaimed = false
    /// Whether to tell what the text screen shows at the end.
    public var showsScreen = false

    /// Makes a set-up of its parts.
    public init(
        engine: EngineChoice = .kvm,
        limits: RunLimits,
        stop: StopRequest = StopRequest(),
        progress: RunProgress = RunProgress(),
        consoleDescriptor: Int32? = nil,
        date: Int64,
        graceNanoseconds: UInt64 = 500_000,
        keyframes: KeyframePolicy = KeyframePolicy(),
        chaosSeed: UInt64? = nil,
        sync: SyncPolicy = .none,
        ring: RingPolicy? = nil
    ) {
        self.engine = engine
        self.limits = limits
        self.stop = stop
        self.progress = progress
        self.consoleDescriptor = consoleDescriptor
        self.date = date
        self.graceNanoseconds = graceNanoseconds
        self.keyframes = keyframes
        self.chaosSeed = chaosSeed
        self.sync = sync
        self.ring = ring
    }
}
