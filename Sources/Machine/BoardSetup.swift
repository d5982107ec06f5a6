public import Devices
public import Engine
public import Platform
public import X86

/// What a board is made with.
public struct BoardSetup: Sendable {
    /// Bytes of RAM, which the firmware is told.
    public var memorySize: UInt64
    /// What the real-time clock shows at the start.
    public var date: WallClock
    /// What the guest is told of its processor, which has the model-specific registers that go with it.
    public var cpuid: [CPUIDEntry]
    /// The disks.
    public var drives: [Drive]
    /// Files that firmware and kernels can read by name.
    public var files: [FirmwareFile]
    /// Whether the guest starts behind where firmware would have left it, so that the board does what firmware does: gives
    /// PCI devices their addresses and routes their interrupts.
    public var isSetUp: Bool
    /// Whether what firmware writes to its debug port is shown on the console.
    public var showsFirmwareLog: Bool
    /// Whether to note accesses that nobody claims.
    public var notesUnclaimed: Bool
    /// Where the machine's random numbers come from.
    public var randomness: @Sendable () -> UInt64
    /// How many of the requests that wait for a disk are served at once, and after how many nanoseconds more are; nil for all
    /// at once. Asked each time. An IDE drive has one request at a time, and is busy with it for that many nanoseconds.
    public var diskBatch: (@Sendable () -> (count: Int, pause: UInt64))?

    /// A board with nothing added.
    public init(
        memorySize: UInt64,
        date: WallClock,
        cpuid: [CPUIDEntry] = ProcessorProfile.baseline.cpuid,
        drives: [Drive] = [],
        files: [FirmwareFile] = [],
        isSetUp: Bool = false,
        showsFirmwareLog: Bool = true,
        notesUnclaimed: Bool = false,
        randomness: @escaping @Sendable () -> UInt64 = { 0 },
        diskBatch: (@Sendable () -> (count: Int, pause: UInt64))? = nil
    ) {
        self.memorySize = memorySize
        self.date = date
        self.cpuid = cpuid
        self.drives = drives
        self.files = files
        self.isSetUp = isSetUp
        self.showsFirmwareLog = showsFirmwareLog
        self.notesUnclaimed = notesUnclaimed
        self.randomness = randomness
        self.diskBatch = diskBatch
    }
}

/// A file of the firmware configuration device.
public struct FirmwareFile: Hashable, Sendable {
    /// The name, at most 55 bytes.
    public var name: String
    /// The content.
    public var bytes: [UInt8]

    /// Makes a file of its parts.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// A disk, and how it is connected.
public struct Drive: Sendable {
    /// What it is called: its file's name, as a rule.
    public var name: String
    /// What is on it.
    public var disk: Disk
    /// What it is connected to.
    public var interface: DriveInterface

    /// Makes a drive of its parts.
    public init(name: String = "", disk: Disk, interface: DriveInterface) {
        self.name = name
        self.disk = disk
        self.interface = interface
    }

    /// The most disks that an interface has room for.
    public static func limit(of interface: DriveInterface) -> Int {
        switch interface {
        case .ide: 4
        case .virtio: PCIBus.maximumDiskCount
        }
    }
}
