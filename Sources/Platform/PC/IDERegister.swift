/// Offsets in an IDE channel's command block.
public enum IDERegister: UInt16, CaseIterable, Sendable {
    /// Data, two or four bytes at a time.
    case data = 0
    /// Error when read, features when written.
    case error = 1
    /// Sector count.
    case sectorCount = 2
    /// LBA low, or the sector.
    case low = 3
    /// LBA mid, or the low byte of the cylinder.
    case middle = 4
    /// LBA high, or the high byte of the cylinder.
    case high = 5
    /// Device: which drive, LBA or not, and the highest bits of either.
    case device = 6
    /// Status when read, which clears the interrupt; command when written.
    case status = 7
}
