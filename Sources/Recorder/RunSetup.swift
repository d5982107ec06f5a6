public import Engines
public import Machine
public import Platform
public import TraceFormat

/// How a run is watched and stopped, and what surrounds the guest.
///
/// It has many properties because it is a list of independent choices for whoever starts a run. Most have a default,
/// and nothing depends on two of them together.
public struct RunSetup: Sendable {
    /// The engine that executes the guest.
    public var engine: EngineChoice
    /// The limits at which the guest is stopped if it has not stopped by itself.
    public var limits: RunLimits
    /// Stops the guest from another thread.
    public var stop: StopRequest
    /// Reports the progress to another thread.
    public var progress: RunProgress
    /// The file descriptor that shows the guest's console, or nil.
    public var consoleDescriptor: Int32?
    /// Called before a piece of the console is shown. Its argument says whether the piece ends a line.
    public var willShowConsole: @Sendable (_ endsLine: Bool) -> Void = { _ in }
    /// Called once everything that the run needs is open, before the guest executes anything. The process may then give
    /// up the right to open anything more.
    public var didOpen: @Sendable () -> Void = {}
    /// The date at the start, in seconds since 1970-01-01 UTC.
    public var date: Int64

    /// How many nanoseconds an interrupt waits for an exit at which the guest can take it. After that, the guest is
    /// stopped for it.
    public var graceNanoseconds: UInt64

    /// How often the whole state is recorded.
    public var keyframes: KeyframePolicy
    /// The seed that varies the schedule, or nil for no variation. See `--chaos`.
    public var chaosSeed: UInt64?
    /// When the trace is synced to the disk.
    public var sync: SyncPolicy
    /// How much of the end of the run is kept, or nil to keep all of it.
    public var ring: RingPolicy?
    /// Whether a reset restarts the machine. Otherwise it ends the run.
    public var resets = true
    /// The kind of clock that the machine has.
    public var clock = ClockPolicy.real
    /// What the guest's real-time clock shows at the start, in seconds since 1970-01-01 UTC. If it is nil, ``date``
    /// applies.
    public var clockDate: Int64?
    /// The disks.
    public var drives: [Drive] = []
    /// The network card of a PC, or nil for none.
    public var network: HostInterface?
    /// The backends of a unikernel's devices.
    public var unikernel = UnikernelSetup()
    /// Files that firmware and kernels can read by name.
    public var files: [FirmwareFile] = []
    /// The input for the guest's console.
    public var input = ConsoleInput()
    /// A script that also types on the guest's console.
    public var script: InputScript?
    /// Whether the console also shows what firmware writes to its debug port.
    public var showsFirmwareLog = true
    /// Whether to record accesses that no device claims.
    public var notesUnclaimed = false
    /// Whether to report the contents of the text screen at the end.
    public var showsScreen = false

    /// Makes a set-up from its parts.
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
