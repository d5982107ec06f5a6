/// What kind of device a virtio device is (Virtual I/O Device 1.2, 5).
public enum VirtioDeviceType: UInt16, Sendable {
    /// A network card.
    case network = 1
    /// A disk.
    case block = 2
    /// A serial console.
    case console = 3
    /// A source of random numbers.
    case entropy = 4

    /// The vendor's number of every virtio device on a PCI bus.
    public static let pciVendor: UInt16 = 0x1AF4

    /// The number of the device on a PCI bus (4.1.2).
    public var pciDevice: UInt16 { Self.firstPCIDevice + rawValue }

    /// The type of the device with this PCI device number; nil if it is none of these. Transitional devices have
    /// numbers of their own.
    public init?(pciDevice: UInt16) {
        switch pciDevice {
        case 0x1000: self = .network
        case 0x1001: self = .block
        case 0x1003: self = .console
        case 0x1005: self = .entropy
        case Self.firstPCIDevice...: self.init(rawValue: pciDevice - Self.firstPCIDevice)
        default: return nil
        }
    }

    private static let firstPCIDevice: UInt16 = 0x1040
}
