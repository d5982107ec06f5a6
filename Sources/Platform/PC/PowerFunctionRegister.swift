/// Offsets in the configuration space of the PIIX4's power management (82371AB data sheet, chapter 7.1).
public enum PowerFunctionRegister {
    /// PMBA: the base of ``PowerRegister``.
    public static let base: UInt8 = 0x40
    /// DEVACTB.
    public static let activityB: UInt8 = 0x58
    /// PMREGMISC: bit 0 opens the ports.
    public static let miscellaneous: UInt8 = 0x80
}
