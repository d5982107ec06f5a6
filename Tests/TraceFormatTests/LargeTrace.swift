import ByteCoding
import SystemPackage
import TestBasics
import X86

@testable import TraceFormat

/// A trace of several megabytes: more than one piece of each index, and a page table in parts.
struct LargeTrace {
    static let keyframes = 1100
    private static let pages: UInt64 = 20_000
    private static let eventsPerKeyframe = 100
    /// The keyframes that are compared: every so many.
    static let comparedStep = 27

    /// Every chunk's header, in order.
    let chunks: [ChunkHeader]
    let events: [RecordedEvent]
    let reader: TraceReader
    /// The keyframes that are compared, by number, with the page tables that were read for them.
    private(set) var compared: [Int: Keyframe] = [:]

    /// Writes it.
    init(to path: FilePath) throws {
        var header = TraceHeader.sample
        header.machine.memory = [.init(address: GuestPhysicalAddress(0), size: Self.pages * 4096)]
        let sink = MemorySink()
        var assembler = try TraceAssembler(sink: sink, header: header, symbols: [], synchronizesEveryChunk: false)
        var generator = SeededGenerator(seed: 21)
        var digests: [UInt64: Digest128] = [:]
        var memory = Digest128.zero
        for number in 0..<UInt32(Self.keyframes) {
            try assembler.append(keyframe: number, pages: Self.pages(of: number), &generator, &digests, &memory)
            for _ in 0..<Self.eventsPerKeyframe {
                let event = Event.random(using: &generator)
                let record = EventRecord(
                    event,
                    rip: event.kind.isExit ? generator.next() >> 40 : 0,
                    time: number,
                    payload: event.payload().count
                )
                try assembler.append(record, event.payload().rawSpan)
            }
            // As when the writer's interval is over: the events of a keyframe come in two chunks.
            try assembler.flush()
            for _ in 0..<3 { try assembler.append(EventRecord(.halt, rip: 1, time: number, payload: 0), RawSpan()) }
        }
        let end = Event.end(.halted)
        try assembler.append(EventRecord(end, rip: 0, time: 0, payload: end.payload().count), end.payload().rawSpan)
        try assembler.finish()
        try sink.save(to: path)
        reader = try TraceReader(path: path)
        chunks = try Self.chunks(of: reader)
        events = TraceContents.events(of: reader)
        for number in stride(from: 0, to: Self.keyframes, by: Self.comparedStep) {
            compared[number] = try reader.keyframe(number)
        }
    }

    /// Whether a chunk, if it is part of a keyframe, is part of one that is compared.
    func isCompared(_ chunk: ChunkHeader) -> Bool {
        guard [.pages, .pageTable, .keyframe].contains(chunk.type) else { return true }
        return compared.values.contains { $0.event == chunk.firstEvent }
    }

    /// All pages for the first keyframe, and some for every other.
    private static func pages(of keyframe: UInt32) -> [UInt64] {
        keyframe == 0 ? Array(0..<pages) : (0..<3).map { (UInt64(keyframe) * 31 + $0 * 977) % pages }
    }

    private static func chunks(of reader: TraceReader) throws -> [ChunkHeader] {
        var headers = [try reader.file.header(at: UInt64(FilePrefix.byteCount))]
        while let last = headers.last, last.type != .root {
            headers.append(try reader.file.header(at: last.position + UInt64(last.totalSize)))
        }
        return headers
    }
}

extension TraceAssembler {
    /// Appends a keyframe with new contents for some pages. There are a few hundred contents, so that a large memory is small
    /// in the file.
    fileprivate mutating func append(
        keyframe number: UInt32,
        pages: [UInt64],
        _ generator: inout SeededGenerator,
        _ digests: inout [UInt64: Digest128],
        _ digest: inout Digest128
    ) throws(TraceError) {
        for page in pages {
            var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: page), count: 4096)
            for _ in 0..<(number == 0 ? 0 : 20) { bytes[Int(generator.next() % 4096)] = UInt8(generator.next() % 256) }
            try append(EventRecord(pageAt: GuestPhysicalAddress(page * 4096)), bytes.rawSpan)
            let new = Digest128(ofPage: bytes.rawSpan, at: page * 4096)
            digest = digest - (digests[page] ?? .zero) + new
            digests[page] = new
        }
        var state = ProcessorState()
        state.rip = UInt64(number)
        var writer = ByteWriter()
        state.encode(to: &writer)
        let encoded = writer.bytes
        try append(EventRecord(stateOf: encoded.count), encoded.rawSpan)
        let (processor, memory) = EventRecord.digests(StateDigest(of: state, memory: digest))
        try append(processor, RawSpan())
        try append(memory, RawSpan())
        let event = Event.keyframe(number: number, .synchronous)
        try append(EventRecord(event, rip: 0, time: number, payload: 0), RawSpan())
    }
}

extension TraceContents {
    /// All events.
    static func events(of reader: TraceReader) -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        var cursor = reader.events()
        while let event = try? cursor.next() { events.append(event) }
        return events
    }
}
