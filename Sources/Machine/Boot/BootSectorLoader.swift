import Engine
import X86

/// Starts a disk's first sector in the state that a PC's firmware leaves, without the firmware.
enum BootSectorLoader {
    private static let sectorSize = 512
    private static let address: UInt16 = 0x7C00
    /// The first hard disk, as INT 13h numbers it.
    private static let firstHardDisk: UInt64 = 0x80

    static func looksLikeBootSector(_ file: ImageReader) -> Bool {
        file.count % UInt64(sectorSize) == 0 && file.integerIfPresent(UInt16.self, at: 510) == 0xAA55
    }

    /// Whether a file begins with a boot sector that has a partition table, or that a program with a multiboot header
    /// follows. A multiboot program itself never begins with a boot sector.
    static func looksLikeDisk(_ file: ImageReader) throws(MachineError) -> Bool {
        guard looksLikeBootSector(file), !ELFFile.isELF(file), !LinuxSetupHeader.isPresent(in: file) else {
            return false
        }
        if hasPartitions(file) { return true }
        let headers = [try Multiboot2Header.offset(in: file), try MultibootHeader.offset(in: file)]
        return headers.contains { ($0 ?? 0) >= UInt64(sectorSize) }
    }

    /// Looks for four entries of 16 bytes before the signature, at least one of them in use. An entry has a mark
    /// (active or not), a kind, a first sector after the boot sector, and a length.
    private static func hasPartitions(_ file: ImageReader) -> Bool {
        let (first, size, count): (UInt64, UInt64, UInt64) = (0x1BE, 16, 4)
        var used = 0
        for entry in (0..<count).map({ first + $0 * size }) {
            guard let status = file.integerIfPresent(UInt8.self, at: entry),
                let kind = file.integerIfPresent(UInt8.self, at: entry + 4),
                let start = file.integerIfPresent(UInt32.self, at: entry + 8),
                let length = file.integerIfPresent(UInt32.self, at: entry + 12),
                status & 0x7F == 0
            else { return false }
            guard kind != 0 || start != 0 || length != 0 else { continue }
            guard kind != 0, start > 0, length > 0 else { return false }
            used += 1
        }
        return used > 0
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
