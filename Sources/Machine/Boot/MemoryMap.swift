internal import Platform

/// What a PC tells its guest about physical memory, as firmware answers INT 15h, AX=E820h.
public struct MemoryMap: Hashable, Sendable {
    /// One stretch of physical memory.
    public struct Entry: Hashable, Sendable {
        /// Address of the first byte.
        public var start: UInt64
        /// Bytes.
        public var size: UInt64
        /// What the guest may do with it.
        public var kind: Kind

        /// One past the last byte.
        public var end: UInt64 { start + size }
    }

    /// What a stretch of memory is for, numbered as in the map.
    public enum Kind: UInt32, Hashable, Sendable {
        /// The guest may use it.
        case usable = 1
        /// Devices and firmware own it.
        case reserved = 2
    }

    /// By rising address, without overlap.
    public let entries: [Entry]

    /// Where conventional memory ends: the last KiB below 640 KiB belongs to the firmware (EBDA).
    public static let conventionalEnd: UInt64 = 0x9_FC00

    /// The map of a machine with `memorySize` bytes of RAM, at least 1 MiB.
    public init(memorySize: UInt64) {
        let low = min(memorySize, AddressSpace.holeStart)
        let end = Self.conventionalEnd
        var entries = [
            Entry(start: 0, size: end, kind: .usable),
            Entry(start: end, size: 0xA_0000 - end, kind: .reserved),
            Entry(start: 0xF_0000, size: 0x1_0000, kind: .reserved),
        ]
        if low > PhysicalLayout.oneMiB {
            entries.append(Entry(start: PhysicalLayout.oneMiB, size: low - PhysicalLayout.oneMiB, kind: .usable))
        }
        let flash = PhysicalLayout.fourGiB - PhysicalLayout.largestFirmware
        entries.append(Entry(start: flash, size: PhysicalLayout.largestFirmware, kind: .reserved))
        if memorySize > low {
            entries.append(Entry(start: PhysicalLayout.fourGiB, size: memorySize - low, kind: .usable))
        }
        self.entries = entries
    }

    /// The stretches that the guest may use.
    public var usable: [Entry] { entries.filter { $0.kind == .usable } }

    /// Bytes from an address to the next gap; 0 where the guest has no memory.
    func freeRun(at address: UInt64) -> UInt64 {
        usable.first { $0.start <= address && address < $0.end }.map { $0.end - address } ?? 0
    }

    /// KiB of memory from 0 on.
    var lowerKiB: UInt32 { UInt32(Self.conventionalEnd >> 10) }

    /// KiB of memory from 1 MiB up to the first gap.
    var upperKiB: UInt32 {
        UInt32(truncatingIfNeeded: (usable.first { $0.start == PhysicalLayout.oneMiB }?.size ?? 0) >> 10)
    }
}
