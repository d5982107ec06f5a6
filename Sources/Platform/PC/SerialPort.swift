public import X86

/// A PC's serial ports; each by the first of its eight ports.
public enum SerialPort: UInt16, CaseIterable, Sendable {
    case com1 = 0x3F8
    case com2 = 0x2F8
    case com3 = 0x3E8
    case com4 = 0x2E8

    /// The port of one of its registers.
    public func port(_ register: SerialRegister) -> Port { Port(rawValue + register.rawValue) }
}
