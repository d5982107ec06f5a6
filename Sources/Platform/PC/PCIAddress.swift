/// The address of a PCI function: its bus, its device number on the bus, and its number in the device.
public struct PCIAddress: Hashable, Sendable, CustomStringConvertible {
    /// The bus, 0 to 255.
    public let bus: UInt8

    /// The device on the bus, 0 to 31.
    public let device: UInt8

    /// The function of the device, 0 to 7.
    public let function: UInt8

    /// Makes an address; the bits of a number beyond its range are dropped.
    public init(bus: UInt8 = 0, device: UInt8, function: UInt8 = 0) {
        self.bus = bus
        self.device = device & 0x1F
        self.function = function & 0x7
    }

    /// As `lspci` writes it: `00:01.1`.
    public var description: String { "\(Self.hex(bus)):\(Self.hex(device)).\(function)" }

    /// The bridge between processor and bus.
    public static let hostBridge = Self(device: 0)
    /// The bridge to the ISA bus.
    public static let isaBridge = Self(device: 1, function: 0)
    /// The IDE controller.
    public static let ide = Self(device: 1, function: 1)
    /// The power management.
    public static let powerManagement = Self(device: 1, function: 3)

    private static func hex(_ number: UInt8) -> String {
        (number < 0x10 ? "0" : "") + String(number, radix: 16)
    }
}
