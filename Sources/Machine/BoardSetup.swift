public import Devices
public import Engine
public import Platform
public import X86

/// What a board is made from.
public struct BoardSetup: Sendable {
    /// Bytes of RAM, as the firmware is told.
    public var memorySize: UInt64
    /// What the real-time clock shows at the start.
    public var date: WallClock
    /// What CPUID tells the guest about its processor, which has the model-specific registers to match.
    public var cpuid: [CPUIDEntry]
    /// The disks.
    public var drives: [Drive]
    /// The network card; nil for none.
    public var network: NetworkInterface?
    /// Files that firmware and kernels can read by name.
    public var files: [FirmwareFile]
    /// Whether the guest starts in the state in which firmware would have left the machine. The board then does
    /// firmware's work: it gives PCI devices their addresses and routes their interrupts.
    public var isSetUp: Bool
    /// Whether what firmware writes to its debug port is shown on the console.
    public var showsFirmwareLog: Bool
    /// Whether to note accesses that nothing claims.
    public var notesUnclaimed: Bool
    /// Where the machine's random numbers come from.
    public var randomness: @Sendable () -> UInt64
    /// How many of the requests that wait for a disk are served at once, and how many nanoseconds pass before more are;
    /// nil serves them all at once. Called each time. An IDE drive has one request at a time, and is busy with it for
    /// that many nanoseconds.
    public var diskBatch: (@Sendable () -> (count: Int, pause: UInt64))?

    /// A board with nothing added.
    public init(
        memorySize: UInt64,
        date: WallClock,
        cpuid: [CPUIDEntry] = ProcessorProfile.baseline.cpuid,
        drives: [Drive] = [],
        network: NetworkInterface? = nil,
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
        self.network = network
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
    /// Its name: usually its file's name.
    public var name: String
    /// The disk itself.
    public var disk: Disk
    /// The interface to which it is connected.
    public var interface: DriveInterface

    /// Makes a drive of its parts.
    public init(name: String = "", disk: Disk, interface: DriveInterface) {
        self.name = name
        self.disk = disk
        self.interface = interface
    }

    /// The largest number of disks that an interface has room for.
    public static func limit(of interface: DriveInterface) -> Int {
        switch interface {
        case .ide: 4
        case .virtio: PCIBus.maximumDiskCount
        }
    }
}
