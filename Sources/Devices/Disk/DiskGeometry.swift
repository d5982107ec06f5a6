/// A disk's division into cylinders, heads and sectors, for software that knows no other addresses.
struct DiskGeometry: Hashable, Sendable {
    var cylinders: UInt16
    var heads: UInt8
    var sectorsPerTrack: UInt8

    /// The geometry that disks of any size claim to have.
    static let defaultHeads: UInt8 = 16
    static let defaultSectorsPerTrack: UInt8 = 63

    /// Whole cylinders, but at least two, as QEMU counts them, so that firmware that reserves the last one still has
    /// one left. A disk that is smaller refuses the sectors that it does not have.
    init(
        sectorCount: UInt64,
        heads: UInt8 = defaultHeads,
        sectorsPerTrack: UInt8 = defaultSectorsPerTrack
    ) {
        self.heads = heads
        self.sectorsPerTrack = sectorsPerTrack
        cylinders = UInt16(min(max(sectorCount / (UInt64(heads) * UInt64(sectorsPerTrack)), 2), 16_383))
    }
}
