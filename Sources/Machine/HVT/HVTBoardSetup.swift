public import Devices

/// What a unikernel's board is made with.
public struct HVTBoardSetup: Sendable {
    /// What is behind the block devices, by name.
    public var disks: [String: Disk]
    /// What is behind the network interfaces, by name.
    public var links: [String: any NetworkLink]
    /// The date and time at a time of the board's: nanoseconds since 1970-01-01 UTC.
    public var wallClock: @Sendable (MachineTime) -> UInt64

    /// Makes a set-up of its parts.
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
