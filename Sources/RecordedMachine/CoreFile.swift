internal import ByteCoding
internal import Glibc
public import SystemPackage
public import TraceFormat
public import X86

/// A guest's state as an ELF core file for debuggers: the registers in a note, and all of the memory, each byte once.
public struct CoreFile {
    /// What the addresses of the file's segments are.
    public enum Addresses {
        /// Guest-physical ones.
        case physical
        /// Those that the guest's paging gives, by ascending linear address. What it does not map to memory is left out.
        case linear([ProcessorState.MappedRange])
    }

    private let regions: [TraceHeader.MemoryRegion]
    private let segments: [Segment]
    private let notes: [UInt8]

    fileprivate struct Segment {
        var linear: UInt64
        var physical: UInt64
        var byteCount: UInt64
    }

    private static let headerSize = 64
    private static let programHeaderSize = 56
    private static let pageSize = UInt64(PagePieces.pageSize)
    /// The most program headers that an ELF file has without an extension that few programs read.
    public static let mostSegments = 65_533

    /// Describes a file.
    ///
    /// - Parameters:
    ///   - regions: the guest's memory, by ascending address.
    ///   - notes: ELF notes that follow the registers, each padded to whole words.
    /// - Returns: nil if paging maps memory in more than ``mostSegments`` pieces.
    public init?(
        _ state: ProcessorState,
        regions: [TraceHeader.MemoryRegion],
        addresses: Addresses = .physical,
        notes: [UInt8] = []
    ) {
        self.regions = regions
        self.notes = state.registerNote + notes
        switch addresses {
        case .physical:
            segments = regions.map {
                Segment(linear: $0.address.rawValue, physical: $0.address.rawValue, byteCount: $0.size)
            }
        case .linear(let ranges):
            segments = ranges.flatMap { range in regions.compactMap { Segment(range, in: $0) } }
        }
        guard segments.count <= Self.mostSegments else { return nil }
    }

    /// Writes the file from offset 0 on. Pages of zeros take no space if the file is new.
    ///
    /// - Parameter page: gives the 4096 bytes at an address within the regions that is a multiple of 4096.
    public func write(to file: FileDescriptor, page: (GuestPhysicalAddress) throws -> [UInt8]) throws {
        let head = head
        _ = try file.writeAll(toAbsoluteOffset: 0, head)
        let zeros = [UInt8](repeating: 0, count: Int(Self.pageSize))
        for region in regions {
            let start = offset(of: region.address.rawValue)
            for place in stride(from: 0, to: region.size, by: Int(Self.pageSize)) {
                let bytes = try page(GuestPhysicalAddress(region.address.rawValue + place))
                if bytes != zeros { _ = try file.writeAll(toAbsoluteOffset: Int64(start + place), bytes) }
            }
        }
        let end = regions.reduce(dataOffset) { $0 + $1.size }
        guard ftruncate(file.rawValue, Int(end)) == 0 else { throw Errno(rawValue: errno) }
    }

    private var noteOffset: UInt64 { UInt64(Self.headerSize + (segments.count + 1) * Self.programHeaderSize) }

    /// Where the memory begins.
    private var dataOffset: UInt64 {
        (noteOffset + UInt64(notes.count) + Self.pageSize - 1) / Self.pageSize * Self.pageSize
    }

    /// Where the file has a byte of memory.
    private func offset(of address: UInt64) -> UInt64 {
        var offset = dataOffset
        for region in regions {
            if address >= region.address.rawValue, address - region.address.rawValue < region.size {
                return offset + (address - region.address.rawValue)
            }
            offset += region.size
        }
        preconditionFailure("every segment lies in a region")
    }

    /// The ELF header, program headers and notes.
    private var head: [UInt8] {
        var writer = ByteWriter(capacity: Int(dataOffset))
        writer.write(bytes: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0xFF] + [UInt8](repeating: 0, count: 8))
        writer.write(UInt16(4))  // ET_CORE
        writer.write(UInt16(62))  // EM_X86_64
        writer.write(UInt32(1))
        for offset in [0, UInt64(Self.headerSize), 0] { writer.write(offset) }
        writer.write(UInt32(0))
        for size in [Self.headerSize, Self.programHeaderSize, segments.count + 1, 0, 0, 0] {
            writer.write(UInt16(size))
        }
        let note = Segment(linear: 0, physical: 0, byteCount: UInt64(notes.count))
        Self.write(kind: 4, note, at: noteOffset, &writer)
        for segment in segments { Self.write(kind: 1, segment, at: offset(of: segment.physical), &writer) }
        writer.write(bytes: notes)
        return writer.bytes
    }

    private static func write(kind: UInt32, _ segment: Segment, at offset: UInt64, _ writer: inout ByteWriter) {
        writer.write(kind)
        writer.write(UInt32(0))
        let size = segment.byteCount
        for number in [offset, segment.linear, segment.physical, size, size, 0] { writer.write(number) }
    }
}

extension CoreFile.Segment {
    /// The part of a range that is mapped to a region; nil if there is none.
    init?(_ range: ProcessorState.MappedRange, in region: TraceHeader.MemoryRegion) {
        let (first, regionFirst) = (range.physical.rawValue, region.address.rawValue)
        let start = max(first, regionFirst)
        // The last bytes, because an end may lie at 2^64.
        let last = min(first &+ (range.byteCount - 1), regionFirst + (region.size - 1))
        guard start <= last else { return nil }
        self.init(linear: range.linear.rawValue &+ (start - first), physical: start, byteCount: last - start + 1)
    }
}

extension ProcessorState {
    /// The NT_PRSTATUS note: Linux's `struct elf_prstatus` with only the registers filled in.
    fileprivate var registerNote: [UInt8] {
        let bytesBeforeRegisters = 112
        var writer = ByteWriter()
        writer.write(UInt32(5))
        writer.write(UInt32(336))
        writer.write(UInt32(1))
        writer.write(bytes: Array("CORE\0\0\0\0".utf8))
        writer.write(bytes: [UInt8](repeating: 0, count: bytesBeforeRegisters))
        let first: [GeneralRegister] = [
            .r15, .r14, .r13, .r12, .rbp, .rbx, .r11, .r10, .r9, .r8, .rax, .rcx, .rdx, .rsi, .rdi,
        ]
        for register in first { writer.write(self[register]) }
        let rest: [UInt64] = [
            self[.rax], rip, UInt64(segments.cs.selector), rflags, self[.rsp], UInt64(segments.ss.selector),
            segments.fs.base, segments.gs.base,
        ]
        for number in rest { writer.write(number) }
        for segment in [segments.ds, segments.es, segments.fs, segments.gs] { writer.write(UInt64(segment.selector)) }
        writer.write(UInt64(0))
        return writer.bytes
    }
}
