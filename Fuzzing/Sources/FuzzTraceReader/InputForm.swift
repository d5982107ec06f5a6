import ByteCoding
import X86

@testable import TraceFormat

/// How an input becomes a file. No fuzzer gets past a checksum by itself, so two of the three forms compute them.
enum InputForm: UInt8 {
    /// The file as it stands.
    case file = 0
    /// A list of chunks: each a type, a count of two bytes, a size of two bytes, and a payload. They get a good header, and a
    /// root index is followed by a footer.
    case chunks = 1
    /// A file whose chunks get the positions and checksums that they should have.
    case mended = 2

    /// The file's bytes.
    func file(_ input: [UInt8]) throws -> [UInt8] {
        switch self {
        case .file: input
        case .chunks: try Self.forge(input)
        case .mended: Self.mend(input)
        }
    }

    private static func forge(_ script: [UInt8]) throws -> [UInt8] {
        let sink = BytesSink()
        let header = TraceHeader.sample.encoded(symbolCount: 0)
        var output = try ChunkOutput(sink: sink, identity: 1, synchronizesEveryChunk: false)
        try output.write(.header, header, count: 1, firstEvent: EventOrdinal(0))
        var cursor = ByteCursor(script.rawSpan)
        var events: UInt64 = 0
        while cursor.remaining > 5 {
            let type = ChunkType(rawValue: try cursor.read(UInt8.self) % 10) ?? .events
            let count = Int(try cursor.read(UInt16.self))
            let size = min(Int(try cursor.read(UInt16.self)), cursor.remaining)
            let payload = try cursor.readBytes(count: size)
            let position = try output.write(type, payload, count: count, firstEvent: EventOrdinal(events))
            if type == .events { events += UInt64(count) }
            if type == .root { try output.writeFooter(rootPosition: position) }
        }
        return sink.bytes
    }

    private static func mend(_ input: [UInt8]) -> [UInt8] {
        var file = FilePrefix(identity: 1).bytes + input.dropFirst(FilePrefix.byteCount)
        var position = FilePrefix.byteCount
        while file.count - position >= ChunkHeader.byteCount,
            file.number(UInt32.self, at: position) == ChunkHeader.magic
        {
            let payload = position + ChunkHeader.byteCount
            let size = Int(file.number(UInt32.self, at: position + 8))
            guard size <= file.count - payload else { break }
            file.put(UInt64(position), at: position + 32)
            file.put(Checksum.of(Array(file[payload..<payload + size]), seed: 1), at: position + 40)
            file.put(Checksum.of(Array(file[position..<position + 48]), seed: 1), at: position + 48)
            position = payload + size
        }
        let end = file.count - FileFooter.byteCount
        guard end >= position else { return file }
        let root = file.number(UInt64.self, at: end + 16)
        let footer = FileFooter(identity: 1, rootPosition: root, fileSize: UInt64(file.count)).bytes
        return file[..<end] + footer
    }
}

extension [UInt8] {
    /// The little-endian number at a place.
    fileprivate func number<Number: FixedWidthInteger>(_ type: Number.Type, at place: Int) -> Number {
        self[place..<place + MemoryLayout<Number>.size].reversed().reduce(0) { $0 << 8 | Number($1) }
    }

    /// Puts a little-endian number in a place.
    fileprivate mutating func put(_ number: UInt64, at place: Int) {
        for byte in 0..<8 { self[place + byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
    }
}

extension TraceHeader {
    /// A header with the memory of a small PC.
    static let sample = TraceHeader(
        creationTime: 0,
        recorder: "",
        host: Host(processorModel: "", kernelRelease: "", module: ""),
        guest: Guest(name: "", options: [], imageSize: 0, imageDigest: .zero),
        machine: Machine(
            board: "",
            memory: [
                MemoryRegion(address: GuestPhysicalAddress(0), size: 0xA0000),
                MemoryRegion(address: GuestPhysicalAddress(0xE0000), size: 0x20000, isReadOnly: true),
                MemoryRegion(address: GuestPhysicalAddress(0x100000), size: 0xF00000),
            ]
        ),
        processor: Processor(profile: "", cpuid: [], initialXCR0: 0),
        landing: .jump
    )
}
