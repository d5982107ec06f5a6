/// Bits of PM1_CNT. SLP_TYP is in bits 10 to 12.
public struct PowerControl: OptionSet, Hashable, Sendable {
    /// The bits as the guest sees them.
    public let rawValue: UInt16
    /// Bits as the guest sees them.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// SCI_EN.
    public static let interruptEnable = Self(rawValue: 1 << 0)
    /// SLP_TYP.
    public static let sleepType = Self(rawValue: 0b111 << 10)
    /// SLP_EN.
    public static let sleepEnable = Self(rawValue: 1 << 13)
    /// The bits that can be read back.
    public static let kept: Self = [.interruptEnable, .sleepType]

    /// SLP_TYP as a number, 0 to 7.
    public var requestedSleepType: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 10 & 7) }

    /// The type that the PIIX4 takes for soft-off, S5: the one that its `_S5` object names.
    public static let softOffType: UInt8 = 0
}
