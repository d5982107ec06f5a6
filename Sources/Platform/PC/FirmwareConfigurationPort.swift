/// The ports of QEMU's firmware configuration device.
public enum FirmwareConfigurationPort: UInt16, CaseIterable, Sendable {
    /// Two bytes, written: selects an item.
    case selector = 0x510
    /// One byte, read: the item's next byte.
    case data = 0x511
    /// Four bytes, big-endian: the high half of the address of a DMA request.
    case addressHigh = 0x514
    /// Four bytes, big-endian: the low half. Writing it starts the request.
    case addressLow = 0x518

    /// The ports by which a guest requests a transfer to or from its memory, and those between them.
    public static let transfer: ClosedRange<UInt16> = 0x514...0x51B

    /// How many ports the device takes from ``selector`` on.
    public static let count: UInt16 = 12
}
