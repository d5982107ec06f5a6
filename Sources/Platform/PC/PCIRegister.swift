/// Offsets in the header of a PCI function's configuration space.
public enum PCIRegister: UInt8, Sendable {
    case vendor = 0x00
    case device = 0x02
    case command = 0x04
    case status = 0x06
    /// Followed by the class code.
    case revision = 0x08
    case cacheLineSize = 0x0C
    case latencyTimer = 0x0D
    case headerType = 0x0E
    case baseAddress0 = 0x10
    case subsystemVendor = 0x2C
    case subsystem = 0x2E
    case capabilities = 0x34
    case interruptLine = 0x3C
    case interruptPin = 0x3D

    /// The six base address registers.
    public static let baseAddresses: ClosedRange<UInt8> = 0x10...0x27

    /// The offset of a base address register, 0 to 5.
    public static func baseAddress(_ number: Int) -> UInt8 { baseAddress0.rawValue + UInt8(4 * number) }
}
