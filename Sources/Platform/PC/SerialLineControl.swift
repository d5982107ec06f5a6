/// A serial port's LCR. The format of a character has no effect.
public struct SerialLineControl: OptionSet, Hashable, Sendable {
    /// The bits as the guest sees them.
    public let rawValue: UInt8
    /// Bits as the guest sees them.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The first two registers are the divisor.
    public static let divisorLatch = Self(rawValue: 1 << 7)
}
