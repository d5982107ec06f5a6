import Engine
internal import GuestMemory
import X86

/// A unikernel's program in memory, with the same checks as in Solo5's tender (tenders/common/elf.c).
struct HVTProgram {
    /// A segment's pages.
    private struct Stretch {
        var start: UInt64
        var end: UInt64
        var isWritable: Bool
        /// The segment's own bytes, without the padding to whole pages.
        var content: Range<UInt64>
    }

    let contents: [MemoryContent]
    private let stretches: [Stretch]
    private let memorySize: UInt64
    /// One past the last byte, as the guest is told.
    let end: UInt64

    /// The most stretches of memory that can only be read.
    private static let readOnlyLimit = 256

    init(_ elf: ELFFile, memorySize: UInt64) throws(MachineError) {
        self.memorySize = memorySize
        var contents: [MemoryContent] = []
        var stretches: [Stretch] = []
        var end: UInt64 = 0
        for (index, segment) in elf.segments.enumerated() where segment.isLoadable {
            let what = "ELF segment \(index)"
            let stretch = try Self.stretch(of: segment, what, after: end, memorySize: memorySize)
            stretches.append(stretch)
            end = stretch.end
            guard segment.fileSize > 0 else { continue }
            contents.append(
                MemoryContent(
                    address: GuestPhysicalAddress(segment.virtualAddress),
                    bytes: try elf.file.copy(at: segment.offset, count: segment.fileSize, what),
                    code: elf.code(in: segment)
                )
            )
        }
        guard end > 0 else { throw .malformed("ELF file", "it has nothing to load") }
        self.contents = contents
        self.stretches = stretches
        self.end = end
    }

    /// The pages of a segment, if it can be loaded after the others.
    private static func stretch(
        of segment: ELFFile.Segment,
        _ what: String,
        after previousEnd: UInt64,
        memorySize: UInt64
    ) throws(MachineError) -> Stretch {
        let (address, alignment) = (segment.virtualAddress, segment.alignment)
        guard segment.fileSize <= segment.memorySize else {
            throw .malformed("ELF file", "\(what) has more bytes in the file than in memory")
        }
        guard alignment > 0, alignment & (alignment - 1) == 0 else {
            throw .malformed("ELF file", "\(what) is aligned to \(alignment), which is not a power of two")
        }
        let start = address & ~(alignment - 1)
        let (dataEnd, wraps) = address.addingReportingOverflow(segment.memorySize)
        let (padded, wrapsToo) = dataEnd.addingReportingOverflow(alignment - 1)
        let end = padded & ~(alignment - 1)
        guard !wraps, !wrapsToo, start >= HVTMemory.programStart, end <= memorySize else {
            throw .outsideMemory(what: what, address: address, bytes: segment.memorySize)
        }
        guard start % HVTMemory.pageSize == 0, end % HVTMemory.pageSize == 0 else {
            throw .malformed("ELF file", "\(what) does not fill whole pages with its alignment of \(alignment)")
        }
        guard start >= previousEnd else {
            throw .malformed("ELF file", "\(what) does not lie after the previous segment")
        }
        let flags = segment.flags
        let isWritable = flags & ELFFile.writableSegment != 0
        guard !isWritable || flags & ELFFile.executableSegment == 0 else {
            throw .malformed("ELF file", "\(what) is both writable and executable")
        }
        return Stretch(start: start, end: end, isWritable: isWritable, content: address..<dataEnd)
    }

    /// Whether an address belongs to the program.
    func contains(_ address: UInt64) -> Bool { stretches.contains { $0.content.contains(address) } }

    /// All memory, divided wherever it changes between writable and read-only.
    func regions() throws(MachineError) -> [GuestMemory.Region] {
        var regions: [GuestMemory.Region] = []
        var next: UInt64 = 0
        for (start, end) in readOnlyStretches {
            if next < start {
                regions.append(GuestMemory.Region(address: GuestPhysicalAddress(next), size: start - next))
            }
            regions.append(
                GuestMemory.Region(address: GuestPhysicalAddress(start), size: end - start, isReadOnly: true)
            )
            next = end
        }
        if next < memorySize {
            regions.append(GuestMemory.Region(address: GuestPhysicalAddress(next), size: memorySize - next))
        }
        guard regions.count <= 2 * Self.readOnlyLimit else {
            throw .malformed("ELF file", "it has more than \(Self.readOnlyLimit) stretches that can only be read")
        }
        return regions
    }

    /// Adjacent stretches are joined.
    private var readOnlyStretches: [(start: UInt64, end: UInt64)] {
        var joined: [(start: UInt64, end: UInt64)] = []
        for stretch in stretches where !stretch.isWritable {
            if let last = joined.last, last.end == stretch.start {
                joined[joined.count - 1].end = stretch.end
            } else {
                joined.append((stretch.start, stretch.end))
            }
        }
        return joined
    }
}

extension ELFFile.Segment {
    /// Whether it is loaded into memory.
    fileprivate var isLoadable: Bool { kind == 1 && memorySize > 0 }
}
