/// A PC's ports that are one register each.
public enum SystemPort {
    /// The speaker's gate, and the readable part of the timer.
    public static let systemControlB: UInt16 = 0x61
    /// The last progress code that firmware showed.
    public static let post: UInt16 = 0x80
    /// The fast way to gate address line 20 and to reset the processor: ``SystemControlA``.
    public static let systemControlA: UInt16 = 0x92
    /// SMI_CMD: takes over the power management and gives it back.
    public static let powerCommand: UInt16 = 0xB2
    /// The chip set's reset control: ``ResetControlBits``. It lies among the PCI configuration ports and answers byte accesses
    /// only.
    public static let resetControl: UInt16 = 0xCF9
    /// The ports with which a guest ends its run, like QEMU's `isa-debug-exit`: four bytes wide.
    public static let exit: ClosedRange<UInt16> = 0xF4...0xF7
}
