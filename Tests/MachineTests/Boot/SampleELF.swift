import ByteCoding
import Testing

/// An ELF file for tests: every field can be set, and none is checked.
struct SampleELF: Sendable, CustomTestStringConvertible {
    struct Segment: Sendable {
        var kind: UInt32 = 1
        var flags: UInt32 = 7
        var offset: UInt64?
        var virtualAddress: UInt64?
        var physicalAddress: UInt64 = 0x10_0000
        var fileSize: UInt64?
        var memorySize: UInt64 = 0x2000
    }

    struct Section: Sendable {
        var kind: UInt32 = 1
        var flags: UInt64 = 0
        var address: UInt64 = 0
        var offset: UInt64 = 0
        var size: UInt64 = 0
        var link: UInt32 = 0
    }

    struct Note: Sendable {
        var kind: UInt32
        var description: [UInt8]

        static func physicalEntry(_ address: UInt32) -> Self {
            var writer = ByteWriter()
            writer.write(address)
            return Self(kind: 18, description: writer.bytes)
        }

        static let xenGuestLinux = Self(kind: 6, description: Array("linux\0".utf8))
    }

    var wide: Bool
    var entry: UInt64 = 0x10_0000
    var type: UInt16 = 2
    var machine: UInt16?
    var segments = [Segment()]
    var sections: [Section] = []
    var content = [UInt8](repeating: 0x90, count: 0x100)
    var segmentCount: UInt16?
    var segmentsOffset: UInt64?
    var segmentSize: UInt16?
    var sectionsOffset: UInt64?
    var sectionSize: UInt16?

    init(wide: Bool) { self.wide = wide }

    var testDescription: String { wide ? "ELF64" : "ELF32" }

    /// Where the content begins in the file.
    static let contentOffset = 0x1000

    func with(content: [UInt8]) -> Self {
        var copy = self
        copy.content = content
        return copy
    }

    func with(segments: [Segment]) -> Self {
        var copy = self
        copy.segments = segments
        return copy
    }

    /// With notes behind the content, in a segment of their own.
    func with(notes: [Note]) -> Self {
        var writer = ByteWriter()
        for note in notes {
            writer.write(UInt32(4))
            writer.write(UInt32(note.description.count))
            writer.write(note.kind)
            writer.write(bytes: "Xen\0".utf8)
            writer.write(bytes: note.description)
            writer.write(bytes: [UInt8](repeating: 0, count: -note.description.count & 3))
        }
        var copy = self
        let offset = UInt64(Self.contentOffset + content.count)
        copy.segments[0].fileSize = UInt64(content.count)
        copy.content += writer.bytes
        copy.segments.append(
            Segment(kind: 4, offset: offset, physicalAddress: 0, fileSize: UInt64(writer.bytes.count), memorySize: 0)
        )
        return copy
    }

    /// With symbols: a table and its names behind the content, as sections 1 and 2.
    func with(symbols: [(name: String, value: UInt64, info: UInt8)]) -> Self {
        var (names, table) = (ByteWriter(), ByteWriter())
        names.write(UInt8(0))
        for symbol in symbols {
            table.write(UInt32(names.bytes.count))
            if wide {
                table.write(symbol.info)
                table.write(UInt8(0))
                table.write(UInt16(1))
                table.write(symbol.value)
                table.write(UInt64(4))
            } else {
                table.write(UInt32(truncatingIfNeeded: symbol.value))
                table.write(UInt32(4))
                table.write(symbol.info)
                table.write(UInt8(0))
                table.write(UInt16(1))
            }
            names.write(bytes: symbol.name.utf8)
            names.write(UInt8(0))
        }
        var copy = self
        let offset = UInt64(Self.contentOffset + content.count)
        copy.segments[0].fileSize = UInt64(content.count)
        copy.content += table.bytes + names.bytes
        copy.sections = [
            Section(kind: 0),
            Section(kind: 2, offset: offset, size: UInt64(table.bytes.count), link: 2),
            Section(kind: 3, offset: offset + UInt64(table.bytes.count), size: UInt64(names.bytes.count)),
        ]
        return copy
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(bytes: [0x7F, 0x45, 0x4C, 0x46, wide ? 2 : 1, 1, 1])
        writer.write(bytes: [UInt8](repeating: 0, count: 9))
        writer.write(type)
        writer.write(machine ?? (wide ? 62 : 3))
        writer.write(UInt32(1))
        let sectionOffset = sections.isEmpty ? 0 : UInt64(Self.contentOffset + content.count)
        write(entry, &writer)
        write(segmentsOffset ?? (wide ? 64 : 52), &writer)
        write(sectionsOffset ?? sectionOffset, &writer)
        writer.write(UInt32(0))
        writer.write(UInt16(wide ? 64 : 52))
        writer.write(segmentSize ?? (wide ? 56 : 32))
        writer.write(segmentCount ?? UInt16(segments.count))
        writer.write(sectionSize ?? (wide ? 64 : 40))
        writer.write(UInt16(sections.count))
        writer.write(UInt16(0))
        for segment in segments {
            write(segment, &writer)
            let padding = Int(segmentSize ?? 0) - (wide ? 56 : 32)
            writer.write(bytes: [UInt8](repeating: 0, count: max(0, padding)))
        }
        writer.write(bytes: [UInt8](repeating: 0, count: Self.contentOffset - writer.bytes.count))
        writer.write(bytes: content)
        for section in sections { write(section, &writer) }
        return writer.bytes
    }

    private func write(_ segment: Segment, _ writer: inout ByteWriter) {
        writer.write(segment.kind)
        if wide { writer.write(segment.flags) }
        write(segment.offset ?? UInt64(Self.contentOffset), &writer)
        write(segment.virtualAddress ?? segment.physicalAddress, &writer)
        write(segment.physicalAddress, &writer)
        write(segment.fileSize ?? UInt64(content.count), &writer)
        write(segment.memorySize, &writer)
        if !wide { writer.write(segment.flags) }
        write(4, &writer)
    }

    private func write(_ section: Section, _ writer: inout ByteWriter) {
        writer.write(UInt32(0))
        writer.write(section.kind)
        write(section.flags, &writer)
        write(section.address, &writer)
        write(section.offset, &writer)
        write(section.size, &writer)
        writer.write(section.link)
        writer.write(UInt32(0))
        write(1, &writer)
        write(0, &writer)
    }

    private func write(_ value: UInt64, _ writer: inout ByteWriter) {
        if wide { writer.write(value) } else { writer.write(UInt32(truncatingIfNeeded: value)) }
    }
}
