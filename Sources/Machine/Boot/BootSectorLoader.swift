import Engine
import X86

/// A disk's first sector, as a PC's firmware leaves it behind: without the firmware.
enum BootSectorLoader {
    private static let sectorSize = 512
    private static let address: UInt16 = 0x7C00
    /// The first hard disk, as INT 13h numbers it.
    private static let firstHardDisk: UInt64 = 0x80

    static func looksLikeBootSector(_ file: ImageReader) -> Bool {
        file.count % UInt64(sectorSize) == 0 && file.integerIfPresent(UInt16.self, at: 510) == 0xAA55
    }

    static func load(_ bytes: [UInt8], _ map: MemoryMap, signature: UInt32) throws(MachineError) -> BootImage {
        guard looksLikeBootSector(ImageReader(bytes, what: "boot sector")) else {
            throw .malformed("boot sector", "it must be whole sectors of 512 bytes, the first of which ends with 55 AA")
        }
        var plan = MemoryPlan(map)
        let sector = Array(bytes.prefix(sectorSize))
        try plan.put(
            sector,
            size: UInt64(sectorSize),
            at: UInt64(address),
            code: [CodeRange(sector.indices, .searched)],
            what: "boot sector"
        )
        var state = ProcessorState.realMode(entry: address, signature: signature)
        state[.rdx] = firstHardDisk
        return BootImage(contents: plan.contents, state: state)
    }
}
