/// A channel of the IDE controller: a cable with two drives.
public enum IDEChannel: UInt8, CaseIterable, Sendable {
    /// Ports 0x1F0 to 0x1F7 and 0x3F6, interrupt line 14.
    case primary
    /// Ports 0x170 to 0x177 and 0x376, interrupt line 15.
    case secondary

    /// The first of the eight ports of ``IDERegister``.
    public var commandPort: UInt16 { self == .primary ? 0x1F0 : 0x170 }

    /// The port of alternate status and device control.
    public var controlPort: UInt16 { self == .primary ? 0x3F6 : 0x376 }

    /// The interrupt controllers' line.
    public var interruptNumber: Int { self == .primary ? InterruptLine.idePrimary : InterruptLine.ideSecondary }
}
