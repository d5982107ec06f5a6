/// The layout of a PC's physical address space.
public enum AddressSpace {
    /// The memory of a VGA text screen.
    public static let textMemory: UInt64 = 0xB_8000
    /// Where RAM ends below 4 GiB. The rest continues at 4 GiB, and devices answer in between.
    public static let holeStart: UInt64 = 0xC000_0000
    /// Where PCI devices have their memory, as firmware would place it.
    public static let pciMemory: ClosedRange<UInt32> = 0xFE00_0000...0xFEBF_FFFF
    /// The I/O APIC's registers.
    public static let ioAPIC: UInt64 = 0xFEC0_0000
    /// The local APIC's registers, unless the guest moves them.
    public static let localAPIC: UInt64 = 0xFEE0_0000
}
