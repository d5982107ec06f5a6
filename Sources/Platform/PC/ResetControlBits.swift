/// Bits of the reset control register, port 0xCF9.
public struct ResetControlBits: OptionSet, Hashable, Sendable {
    /// The bits as the guest sees them.
    public let rawValue: UInt8
    /// Bits as the guest sees them.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The reset will be a hard one, of the whole machine.
    public static let systemReset = Self(rawValue: 1 << 1)
    /// Resets when it changes from 0 to 1.
    public static let resetProcessor = Self(rawValue: 1 << 2)
}
