public import Platform

extension TraceHeader {
    /// How the machine was set up, as far as a run needs to know that begins like the recorded one.
    public struct Setup: Hashable, Sendable {
        /// How the guest was started; nil if unknown.
        public var boot: BootProtocol?
        /// The machine's clock.
        public var clock: ClockPolicy
        /// What the guest's real-time clock showed at the start, in seconds since 1970-01-01 UTC; nil for the date of
        /// the recording.
        public var clockDate: Int64?
        /// The disks, in the order in which they were connected. Their content is not in the trace.
        public var drives: [Drive]

        /// Makes a set-up of its parts.
        public init(
            boot: BootProtocol? = nil,
            clock: ClockPolicy = .real,
            clockDate: Int64? = nil,
            drives: [Drive] = []
        ) {
            self.boot = boot
            self.clock = clock
            self.clockDate = clockDate
            self.drives = drives
        }

        /// Whether the guest is firmware, which initialises the devices itself.
        public var startsInFirmware: Bool { boot == .firmware }
    }

    /// A disk.
    public struct Drive: Hashable, Sendable {
        /// The name of its file, without directories.
        public var name: String
        /// What it was connected to.
        public var interface: DriveInterface
        /// Whether the guest's writes went to the file.
        public var isWritable: Bool

        /// Makes a disk of its parts.
        public init(name: String, interface: DriveInterface = .ide, isWritable: Bool = false) {
            self.name = name
            self.interface = interface
            self.isWritable = isWritable
        }
    }

    /// The options with which `rr-vm record` makes such a machine, for people. Files are named without their
    /// directories.
    public var commandLine: [String] { setup.options + guest.options }
}

extension TraceHeader.Drive {
    /// The option with which `rr-vm record` connects such a disk.
    public var option: String {
        "--drive \(name)\(isWritable ? ",write" : "")\(interface == .ide ? "" : ",if=\(interface.rawValue)")"
    }
}

extension TraceHeader.Setup {
    fileprivate var options: [String] {
        var options = boot.map { ["--boot \($0.rawValue)"] } ?? []
        options += drives.map(\.option)
        if clock != .real { options.append("--clock \(clock.rawValue)") }
        if let clockDate { options.append("--rtc-base \(clockDate)") }
        return options
    }
}
