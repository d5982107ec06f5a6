/// The parts of a 32- or 64-bit x86 ELF executable that booting needs (System V ABI, chapters 4 and 5).
struct ELFFile {
    /// One program header.
    struct Segment {
        var kind: UInt32
        var flags: UInt32
        var offset: UInt64
        var virtualAddress: UInt64
        var physicalAddress: UInt64
        var fileSize: UInt64
        var memorySize: UInt64
        /// 0 or a power of two in a valid file.
        var alignment: UInt64
    }

    /// One section header.
    struct Section {
        var name: UInt32
        var kind: UInt32
        var flags: UInt64
        var address: UInt64
        var offset: UInt64
        var size: UInt64
        var link: UInt32
        var entrySize: UInt64
    }

    let file: ImageReader
    let is64Bit: Bool
    let entry: UInt64
    let segments: [Segment]
    let sections: [Section]
    /// Where the section headers lie in the file.
    let sectionHeaderOffset: UInt64
    /// The section that holds the sections' names.
    let sectionNamesIndex: UInt16

    /// The most program headers; a kernel has a handful.
    static let segmentLimit: UInt16 = 1024
    /// The most sections that a header can count without the extension for more.
    static let sectionLimit: UInt16 = 0xFEFF

    static func isELF(_ file: ImageReader) -> Bool {
        file.bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46])
    }

    init(_ file: ImageReader) throws(MachineError) {
        let elf = ImageReader(file.bytes, what: "ELF file")
        self.file = elf
        guard Self.isELF(elf) else { throw .malformed("ELF file", "it does not begin with the ELF magic") }
        let (kind, order): (UInt8, UInt8) = (
            try elf.integer(at: 4, "the class"), try elf.integer(at: 5, "the byte order")
        )
        guard kind == 1 || kind == 2, order == 1 else {
            throw .unsupported(
                "an ELF file of class \(kind) and byte order \(order); it must be 32- or 64-bit and little-endian"
            )
        }
        let wide = kind == 2
        is64Bit = wide
        let type: UInt16 = try elf.integer(at: 16, "the file type")
        let machine: UInt16 = try elf.integer(at: 18, "the machine")
        guard type == 2 || type == 3 else { throw .unsupported("an ELF file of type \(type); it must be executable") }
        guard machine == 3 || machine == 62 else {
            throw .unsupported("an ELF file for machine \(machine); it must be x86")
        }
        func address(_ narrow: UInt64, _ wideOffset: UInt64, _ field: String) throws(MachineError) -> UInt64 {
            wide
                ? try elf.integer(UInt64.self, at: wideOffset, field)
                : UInt64(try elf.integer(UInt32.self, at: narrow, field))
        }
        entry = try address(24, 24, "the entry point")
        let segmentsOffset = try address(28, 32, "the program header offset")
        sectionHeaderOffset = try address(32, 40, "the section header offset")
        let counts: UInt64 = wide ? 54 : 42
        let segmentSize: UInt16 = try elf.integer(at: counts, "the program header size")
        let segmentCount: UInt16 = try elf.integer(at: counts + 2, "the program header count")
        let sectionSize: UInt16 = try elf.integer(at: counts + 4, "the section header size")
        let sectionCount: UInt16 = try elf.integer(at: counts + 6, "the section header count")
        sectionNamesIndex = try elf.integer(at: counts + 8, "the section name index")
        segments = try Self.segments(elf, wide, at: segmentsOffset, size: segmentSize, count: segmentCount)
        // A program runs without its sections, which only name things, so a broken table of sections is ignored.
        sections =
            sectionHeaderOffset == 0
            ? []
            : (try? Self.sections(elf, wide, at: sectionHeaderOffset, size: sectionSize, count: sectionCount)) ?? []
    }

    private static func segments(
        _ elf: ImageReader,
        _ wide: Bool,
        at offset: UInt64,
        size: UInt16,
        count: UInt16
    ) throws(MachineError) -> [Segment] {
        guard count > 0 else { throw .malformed("ELF file", "it has no program headers, so nothing to load") }
        guard count <= segmentLimit else {
            throw .malformed("ELF file", "it has \(count) program headers; the limit is \(segmentLimit)")
        }
        let least: UInt16 = wide ? 56 : 32
        guard size >= least else {
            throw .malformed("ELF file", "a program header of \(size) bytes; it must have at least \(least)")
        }
        let table = try elf.range(at: offset, count: UInt64(size) * UInt64(count), "the program header table")
        var segments: [Segment] = []
        for start in stride(from: UInt64(table.lowerBound), to: UInt64(table.upperBound), by: Int(size)) {
            func field(_ narrow: UInt64, _ wideOffset: UInt64) throws(MachineError) -> UInt64 {
                wide
                    ? try elf.integer(UInt64.self, at: start + wideOffset, "a program header")
                    : UInt64(try elf.integer(UInt32.self, at: start + narrow, "a program header"))
            }
            segments.append(
                Segment(
                    kind: try elf.integer(at: start, "a program header"),
                    flags: try elf.integer(at: start + (wide ? 4 : 24), "a program header"),
                    offset: try field(4, 8),
                    virtualAddress: try field(8, 16),
                    physicalAddress: try field(12, 24),
                    fileSize: try field(16, 32),
                    memorySize: try field(20, 40),
                    alignment: try field(28, 48)
                )
            )
        }
        return segments
    }

    private static func sections(
        _ elf: ImageReader,
        _ wide: Bool,
        at offset: UInt64,
        size: UInt16,
        count: UInt16
    ) throws(MachineError) -> [Section] {
        guard count > 0 else { return [] }
        guard count <= sectionLimit else {
            throw .malformed("ELF file", "it has \(count) section headers; the limit is \(sectionLimit)")
        }
        guard size == (wide ? 64 : 40) else { throw .malformed("ELF file", "a section header of \(size) bytes") }
        let table = try elf.range(at: offset, count: UInt64(size) * UInt64(count), "the section header table")
        var sections: [Section] = []
        for start in stride(from: UInt64(table.lowerBound), to: UInt64(table.upperBound), by: Int(size)) {
            func field(_ narrow: UInt64, _ wideOffset: UInt64) throws(MachineError) -> UInt64 {
                wide
                    ? try elf.integer(UInt64.self, at: start + wideOffset, "a section header")
                    : UInt64(try elf.integer(UInt32.self, at: start + narrow, "a section header"))
            }
            sections.append(
                Section(
                    name: try elf.integer(at: start, "a section header"),
                    kind: try elf.integer(at: start + 4, "a section header"),
                    flags: try field(8, 8),
                    address: try field(12, 16),
                    offset: try field(16, 24),
                    size: try field(20, 32),
                    link: try elf.integer(at: start + (wide ? 40 : 24), "a section header"),
                    entrySize: try field(36, 56)
                )
            )
        }
        return sections
    }
}
