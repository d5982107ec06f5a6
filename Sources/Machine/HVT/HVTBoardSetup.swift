public import Devices

/// What a unikernel's board is made from.
public struct HVTBoardSetup: Sendable {
    /// The disks of the block devices, by name.
    public var disks: [String: Disk]
    /// The links of the network interfaces, by name.
    public var links: [String: any NetworkLink]
    /// Converts the board's time to a date and time: nanoseconds since 1970-01-01 UTC.
    public var wallClock: @Sendable (MachineTime) -> UInt64

    /// Makes a setup of its parts.
    public init(
        disks: [String: Disk] = [:],
        links: [String: any NetworkLink] = [:],
        wallClock: @escaping @Sendable (MachineTime) -> UInt64
    ) {
        self.disks = disks
        self.links = links
        self.wallClock = wallClock
    }
}
