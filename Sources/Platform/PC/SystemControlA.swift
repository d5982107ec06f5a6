/// Bits of port 0x92.
public struct SystemControlA: OptionSet, Hashable, Sendable {
    /// The bits as the guest sees them.
    public let rawValue: UInt8
    /// Bits as the guest sees them.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Setting this bit resets the processor.
    public static let fastReset = Self(rawValue: 1 << 0)
    /// Lets address line 20 through.
    public static let addressLine20 = Self(rawValue: 1 << 1)
}
