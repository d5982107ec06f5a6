/// Offsets of ACPI's fixed registers from their base (ACPI 6.5, 4.8.3).
public enum PowerRegister: UInt16, CaseIterable, Sendable {
    /// PM1_STS, two bytes; writing ones clears bits.
    case status = 0
    /// PM1_EN, two bytes.
    case enable = 2
    /// PM1_CNT, two bytes.
    case control = 4
    /// PM_TMR, four bytes; read only.
    case timer = 8

    /// How many ports the registers take.
    public static let portCount: UInt16 = 12

    /// The bits that hold the base in ``PowerFunctionRegister/base``: it is a multiple of 64.
    public static let baseMask: UInt16 = 0xFFC0

    /// The base unless the guest moves it.
    public static let usualBase: UInt16 = 0x600
}
