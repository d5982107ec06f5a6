import ByteCoding

@testable import Machine

/// A unikernel's file for tests: every field can be set, and none is checked.
struct SampleUnikernel: Sendable {
    struct Segment: Sendable {
        var kind: UInt32 = 1
        var flags: UInt32
        var offset: UInt64 = 0x1000
        var address: UInt64
        var fileSize: UInt64 = 0x100
        var memorySize: UInt64 = 0x1000
        var alignment: UInt64 = 0x1000
    }

    struct Note: Sendable {
        var owner = Array("Solo5\0".utf8)
        var kind: UInt32
        var content: [UInt8]

        static func abi(target: UInt32 = 1, version: UInt32 = 1) -> Self {
            var writer = ByteWriter()
            for number in [target, version, 0, 0] { writer.write(number) }
            return Self(kind: 0x3149_4241, content: writer.bytes)
        }

        static func manifest(_ manifest: SampleManifest = SampleManifest()) -> Self {
            Self(kind: 0x3154_464D, content: manifest.bytes)
        }

        var bytes: [UInt8] {
            var writer = ByteWriter()
            writer.write(UInt32(owner.count))
            writer.write(UInt32(content.count))
            writer.write(kind)
            writer.write(bytes: owner + [UInt8](repeating: 0, count: -owner.count & 3))
            writer.write(bytes: content + [UInt8](repeating: 0, count: -content.count & 3))
            return writer.bytes
        }
    }

    var fileClass: UInt8 = 2
    var byteOrder: UInt8 = 1
    var type: UInt16 = 2
    var machine: UInt16 = 62
    var version: UInt32 = 1
    var entry: UInt64 = 0x10_0010
    var headerSize: UInt16 = 64
    var segmentHeaderSize: UInt16 = 56
    var segments = [
        Segment(flags: 5, address: 0x10_0000), Segment(flags: 4, address: 0x10_1000),
        Segment(flags: 6, address: 0x10_2000, memorySize: 0x1800),
    ]
    var notes: [Note] = [.abi(), .manifest()]
    var cutNotes = 0

    static let contentSize = 0x1000
    private static let contentOffset = 0x1000

    var bytes: [UInt8] {
        let notes = Array(notes.flatMap(\.bytes).dropLast(cutNotes))
        var writer = ByteWriter()
        writer.write(bytes: [0x7F, 0x45, 0x4C, 0x46, fileClass, byteOrder, 1] + [UInt8](repeating: 0, count: 9))
        writer.write(type)
        writer.write(machine)
        writer.write(version)
        for number in [entry, 64, 0] { writer.write(number) }
        writer.write(UInt32(0))
        let all =
            segments + [
                Segment(
                    kind: 4,
                    flags: 4,
                    offset: UInt64(Self.contentOffset + Self.contentSize),
                    address: 0,
                    fileSize: UInt64(notes.count),
                    memorySize: UInt64(notes.count),
                    alignment: 4
                )
            ]
        for size in [headerSize, segmentHeaderSize, UInt16(all.count), 64, 0, 0] { writer.write(size) }
        for segment in all {
            writer.write(segment.kind)
            writer.write(segment.flags)
            for number in [segment.offset, segment.address, segment.address, segment.fileSize, segment.memorySize] {
                writer.write(number)
            }
            writer.write(segment.alignment)
        }
        writer.write(bytes: [UInt8](repeating: 0, count: Self.contentOffset - writer.bytes.count))
        writer.write(bytes: [UInt8](repeating: 0x90, count: Self.contentSize))
        writer.write(bytes: notes)
        return writer.bytes
    }
}

/// A manifest for tests, as it stands in its note.
struct SampleManifest: Sendable {
    struct Entry: Sendable {
        var name: [UInt8]
        var type: UInt32
        var attached: UInt64 = 0

        init(_ name: String, type: UInt32, attached: UInt64 = 0) {
            self.name = Array(name.utf8)
            self.type = type
            self.attached = attached
        }
    }

    var version: UInt32 = 1
    var entries = [Entry("", type: 1 << 30)]
    var count: UInt32?

    static func with(_ entries: Entry...) -> Self { Self(entries: [Entry("", type: 1 << 30)] + entries) }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(0))
        writer.write(version)
        writer.write(count ?? UInt32(entries.count))
        for entry in entries {
            writer.write(bytes: entry.name + [UInt8](repeating: 0, count: 68 - entry.name.count))
            writer.write(entry.type)
            writer.write(bytes: [UInt8](repeating: 0, count: 24))
            writer.write(entry.attached)
        }
        return writer.bytes
    }
}
