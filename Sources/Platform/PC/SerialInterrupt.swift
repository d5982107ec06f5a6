/// Bits 0 to 3 of a serial port's IIR, from the lowest to the highest priority.
public enum SerialInterrupt: UInt8, Sendable {
    case modemStatus = 0b0000
    case transmitterEmpty = 0b0010
    case receivedData = 0b0100
    case characterTimeout = 0b1100
    case lineStatus = 0b0110

    /// Bit 0: nothing is pending.
    public static let none: UInt8 = 0b0001
    /// Bits 6 and 7.
    public static let fifoEnabled: UInt8 = 0b1100_0000

    /// The interrupt that IIR reports as pending; nil for none.
    public init?(identification: UInt8) { self.init(rawValue: identification & 0xF) }
}
