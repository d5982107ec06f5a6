public import Platform
public import X86

/// The PIIX3's IDE controller, function 1 of device 1: two channels with two ATA disks each, read and written through
/// ports or by bus-master DMA (82371SB data sheet; ATA/ATAPI-6; Programming Interface for Bus Master IDE Controller 1.0).
///
/// The disks' contents come with each access, in an array of four: the first channel's two drives before the second's.
public struct IDEController: Sendable {
    /// A channel: a cable with two drives.
    public typealias Channel = IDEChannel

    /// Offsets in a channel's command block.
    public typealias Register = IDERegister

    /// How a drive identifies itself.
    public struct DriveIdentity: Hashable, Sendable {
        /// Sectors of 512 bytes, 1 to 2^48 - 1.
        public let sectorCount: UInt64
        /// Up to 20 characters of ASCII.
        public let serialNumber: String
        /// Up to 40 characters of ASCII.
        public let model: String

        /// Makes an identity; a number of sectors out of range becomes the nearest one.
        public init(sectorCount: UInt64, serialNumber: String, model: String = "rr-vm disk") {
            self.sectorCount = min(max(sectorCount, 1), (1 << 48) - 1)
            self.serialNumber = serialNumber
            self.model = model
        }
    }

    /// Everything that the controller and its drives remember.
    public struct State: Hashable, Sendable {
        var function: PCIFunction.State
        var primary: ATAChannel
        var secondary: ATAChannel
    }

    /// The number of the base address register of the bus-master ports.
    public static let busMasterBaseAddress = 4

    /// How many bus-master ports there are, eight for each channel.
    public static let busMasterPortCount: UInt16 = 16

    /// IDETIM of both channels (2.3.9): kept, but without effect.
    private static let timing: UInt8 = 0x40

    /// The configuration space.
    public var function: PCIFunction

    private var primary: ATAChannel
    private var secondary: ATAChannel

    /// A controller after reset, with up to four drives.
    ///
    /// - Parameter takesTime: whether a drive stays busy with a command until ``finishWork(_:)``; otherwise everything
    ///   is done at once.
    public init(drives: [DriveIdentity?], takesTime: Bool = false) {
        function = PCIFunction(
            identity: .init(vendor: 0x8086, device: 0x7010, classCode: 0x01_01_80),
            baseAddresses: [Self.busMasterBaseAddress: .ports(size: UInt32(Self.busMasterPortCount))]
        )
        function.allowWriting(Self.timing, UInt32.max)
        let places = Array(drives + [nil, nil, nil, nil])
        primary = ATAChannel(first: places[0], second: places[1], takesTime: takesTime)
        secondary = ATAChannel(first: places[2], second: places[3], takesTime: takesTime)
    }

    /// A controller with a saved state.
    public init(state: State) {
        function = PCIFunction(state: state.function)
        primary = state.primary
        secondary = state.secondary
    }

    /// What the controller and its drives remember.
    public var state: State { State(function: function.state, primary: primary, secondary: secondary) }

    /// A channel's interrupt line, edge-triggered in a PC.
    public func interruptLine(_ channel: Channel) -> Bool {
        channel == .primary ? primary.interruptLine : secondary.interruptLine
    }

    /// Whether a channel's line has risen since this was last asked, even if the guest has lowered it since.
    public mutating func takeInterruptEdge(_ channel: Channel) -> Bool {
        channel == .primary ? primary.takeInterruptEdge() : secondary.takeInterruptEdge()
    }

    /// Whether a channel's drive is busy until ``finishWork(_:)``.
    public func isBusy(_ channel: Channel) -> Bool { channel == .primary ? primary.isBusy : secondary.isBusy }

    /// Ends what a channel's drive was asked to do, if it is busy.
    public mutating func finishWork(_ channel: Channel) {
        if channel == .primary { primary.finishWork() } else { secondary.finishWork() }
    }

    /// Calls `body` with a channel and its selected drive's disk.
    private mutating func with<Disk: BlockStorage, Result>(
        _ channel: Channel,
        _ disks: inout [Disk?],
        _ body: (inout ATAChannel, inout Disk?) -> Result
    ) -> Result {
        let selected = channel == .primary ? primary.selected : 2 + secondary.selected
        guard disks.indices.contains(selected) else {
            var none: Disk?
            return channel == .primary ? body(&primary, &none) : body(&secondary, &none)
        }
        // In place, because copying a disk's content could be expensive.
        return channel == .primary ? body(&primary, &disks[selected]) : body(&secondary, &disks[selected])
    }

    /// Reads a port of a channel's command block.
    public mutating func read(
        _ channel: Channel,
        _ register: Register,
        _ size: AccessSize,
        disks: inout [(some BlockStorage)?]
    ) -> UInt32 {
        with(channel, &disks) { $0.read(register, size, &$1) }
    }

    /// Writes a port of a channel's command block; a command may use bus-master DMA at once.
    public mutating func write(
        _ channel: Channel,
        _ register: Register,
        _ size: AccessSize,
        _ value: UInt32,
        disks: inout [(some BlockStorage)?],
        memory: inout some GuestMemoryAccess
    ) {
        with(channel, &disks) { $0.write(register, size, value, &$1, &memory) }
    }

    /// Reads a channel's alternate status: the status, without ending the interrupt.
    public func readControl(_ channel: Channel) -> UInt8 {
        channel == .primary ? primary.alternateStatus : secondary.alternateStatus
    }

    /// Writes a channel's device control: interrupt disable and software reset.
    public mutating func writeControl(_ channel: Channel, _ value: UInt8) {
        if channel == .primary { primary.writeControl(value) } else { secondary.writeControl(value) }
    }

    /// Reads within the bus-master ports.
    public func readBusMaster(at offset: UInt16, _ size: AccessSize) -> UInt32 {
        guard offset < Self.busMasterPortCount else { return UInt32(truncatingIfNeeded: size.mask) }
        let channel = offset < 8 ? primary : secondary
        return channel.shownBusMaster.read(at: offset & 7, size)
    }

    /// Writes within the bus-master ports; starting a transfer that a drive waits for completes it at once.
    public mutating func writeBusMaster(
        at offset: UInt16,
        _ size: AccessSize,
        _ value: UInt32,
        disks: inout [(some BlockStorage)?],
        memory: inout some GuestMemoryAccess
    ) {
        guard offset < Self.busMasterPortCount else { return }
        with(offset < 8 ? .primary : .secondary, &disks) { channel, disk in
            channel.busMaster.write(at: offset & 7, size, value)
            channel.transferMemory(&disk, &memory)
        }
    }
}
