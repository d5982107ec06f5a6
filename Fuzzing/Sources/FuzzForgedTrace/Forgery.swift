import ByteCoding
import X86

@testable import TraceFormat

/// A trace made chunk by chunk as a description says, with every checksum right.
struct Forgery {
    private let sink = BytesSink()
    private var output: ChunkOutput
    private var encoder: EventChunkEncoder
    private var records: [EventRecord] = []
    private var payload: [UInt8] = []
    private var next: UInt64
    private var changed: [UInt64: UInt8] = [:]
    private var memory: [UInt64: UInt8] = [:]
    private var keyframes: [KeyframeIndexEntry] = []
    private var chunks: [EventIndexEntry] = []
    private var tables = PageTableStack()
    private var places: [UInt64: PageLocation] = [:]

    /// The header, and the first keyframe.
    init(_ description: inout Description) throws {
        next = description.number(orRather: 0)
        let header = Self.header(&description, firstEvent: next)
        encoder = EventChunkEncoder(countsInstructions: header.recording.countsInstructions)
        let encoded = header.encoded(symbolCount: Int(description.lies() ? description.byte() : 0))
        output = try ChunkOutput(sink: sink, identity: 1, synchronizesEveryChunk: false)
        let event = EventOrdinal(description.number(orRather: next))
        try output.write(.header, encoded, count: 1, firstEvent: event)
        changed = [0: 0x90, 7: 0xEE]
        try addKeyframe(&description)
    }

    /// The whole file.
    mutating func file(_ description: inout Description) throws -> [UInt8] {
        while !description.isAtEnd, sink.bytes.count < 1 << 16 { try addPart(&description) }
        try flush()
        let ending = description.byte() % 4
        if ending < 3 { try finish(&description) }
        return sink.bytes
    }

    private static func header(_ description: inout Description, firstEvent: UInt64) -> TraceHeader {
        let isUnikernel = description.lies()
        var regions = [TraceHeader.MemoryRegion(address: GuestPhysicalAddress(0), size: 1 << 20)]
        if description.lies() {
            let address = GuestPhysicalAddress(description.number())
            regions.append(TraceHeader.MemoryRegion(address: address, size: description.number()))
        }
        var patches: [TraceHeader.CodePatch] = []
        if description.lies() {
            let address = GuestPhysicalAddress(description.number())
            let (original, replacement) = ([0x0F, 0x31] as [UInt8], [0xE6, 0xE4] as [UInt8])
            patches = [.init(address: address, instruction: .rdtsc, original: original, replacement: replacement)]
        }
        let counts = description.lies()
        return TraceHeader(
            creationTime: Int64(bitPattern: description.number()),
            recorder: "forger",
            firstEvent: EventOrdinal(firstEvent),
            host: .init(processorModel: "", kernelRelease: "", module: ""),
            guest: .init(name: "", options: [], imageSize: description.number(), imageDigest: .zero),
            machine: .init(board: isUnikernel ? "hvt" : "pc", memory: regions),
            processor: .init(profile: "", cpuid: [], initialXCR0: 1),
            recording: .init(engine: counts ? .software : .kvm, countsInstructions: counts),
            landing: .breakpoint,
            patches: patches
        )
    }

    private mutating func addPart(_ description: inout Description) throws {
        switch description.byte() % 12 {
        case 0: try flush()
        case 1: changed[UInt64(description.byte())] = description.byte()
        case 2: try addKeyframe(&description)
        case 3 where description.lies(): try addAnything(&description)
        case 4 where description.lies(): try addEnd(&description)
        default: add(event: &description)
        }
    }

    private mutating func add(event description: inout Description) {
        let kinds = Event.Kind.allCases.filter { $0 != .end && ($0 != .keyframe || description.lies()) }
        let kind = kinds[Int(description.byte()) % kinds.count]
        let isGood = !description.lies()
        var record = EventRecord(kind: kind.rawValue, rip: 0, time: UInt32(truncatingIfNeeded: description.number()))
        record.rip = kind.isExit || !isGood ? description.number() : 0
        let used = kind.usedFields
        record.detail = description.byte()
        if isGood { record.detail = used.contains(.detail) ? Self.detail(kind, record.detail) : 0 }
        record.flags = used.contains(.flags) && description.byte() & 1 == 1 ? 1 : 0
        if used.contains(.key) || !isGood { record.key = UInt32(truncatingIfNeeded: description.number() & 0xFFFF) }
        if used.contains(.address) || !isGood { record.address = description.number() }
        if used.contains(.value) || !isGood { record.value = description.number() }
        if isGood, kind == .deviceWrite || kind == .deviceRead { record.value &= 63 }
        if isGood, [.portRead, .portWrite, .memoryRead, .memoryWrite].contains(kind) {
            record.value &= UInt64.max >> (64 - 8 * UInt64(record.detail))
        }
        if isGood, kind == .readMSR, record.flags == 1 { record.value = 0 }
        if kind == .deviceRead, record.detail == 2 { record.flags = 0; record.value = max(1, record.value) }
        // A reader takes no more than 62 bits.
        record.instructions = isGood ? record.value >> 2 : record.value
        guard record.hasValidLength, record.payloadSize <= 65536 else { return }
        records.append(record)
        payload += [UInt8](repeating: description.byte(), count: record.payloadSize)
        next &+= 1
    }

    private static func detail(_ kind: Event.Kind, _ byte: UInt8) -> UInt8 {
        switch kind {
        case .portRead, .portWrite: [1, 2, 4][Int(byte) % 3]
        case .memoryRead, .memoryWrite: byte % 8 + 1
        case .hiddenRead: byte % 6
        case .deviceRead: byte % 3
        case .keyframe: byte % 2
        default: byte
        }
    }

    private mutating func flush() throws {
        guard !records.isEmpty else { return }
        let first = next &- UInt64(records.count)
        let encoded = encoder.encode(records, payload: payload)
        let position = try output.write(.events, encoded, count: records.count, firstEvent: EventOrdinal(first))
        chunks.append(EventIndexEntry(firstEvent: EventOrdinal(first), position: position))
        (records, payload) = ([], [])
    }

    private mutating func addAnything(_ description: inout Description) throws {
        let type = ChunkType.allCases[Int(description.byte()) % ChunkType.allCases.count]
        let payload = (0..<Int(description.byte())).map { _ in description.byte() }
        let count = Int(UInt32(truncatingIfNeeded: description.number()))
        let event = EventOrdinal(description.number(orRather: next))
        try output.write(type, payload + [0], count: count, firstEvent: event)
    }

    private mutating func addEnd(_ description: inout Description) throws {
        if !description.lies() { try flush() }
        let event = Event.end(.exited(code: UInt32(description.byte())))
        let bytes = event.payload()
        records.append(EventRecord(event, rip: 0, time: 0, payload: bytes.count))
        payload += bytes
        next &+= 1
        try flush()
    }
}

// MARK: Keyframes

extension Forgery {
    private mutating func addKeyframe(_ description: inout Description) throws {
        try flush()
        try addPages()
        let pages = changed.keys.sorted()
        let number = UInt32(keyframes.count)
        let position = output.position
        let own = Set(pages)
        let entries = tables.pages(forKeyframe: number, changed: pages).map { page in
            PageTable.Entry(page: page, location: places[page] ?? .zero, isOwn: own.contains(page))
        }
        var parts: [KeyframeRecord.TablePart] = []
        if let first = entries.first {
            let table = PageTable.encode(entries, at: position)
            try output.write(.pageTable, table, count: entries.count, firstEvent: EventOrdinal(next))
            parts = [.init(firstPage: first.page, position: position)]
        }
        changed = [:]
        var writer = ByteWriter()
        state(&description).encode(to: &writer)
        let bytes = writer.bytes
        var digest = StateDigest(processor: Digest128(hashing: bytes.rawSpan), memory: memoryDigest)
        if description.lies() { digest.memory.low &+= 1 }
        let kind: KeyframePosition = description.byte() % 4 == 3 && number > 0 ? .asynchronous : .synchronous
        let record = KeyframeRecord(
            number: UInt32(truncatingIfNeeded: description.number(orRather: UInt64(number))),
            position: kind,
            digest: digest,
            changedPages: Int(UInt32(truncatingIfNeeded: description.number(orRather: UInt64(own.count)))),
            tables: parts,
            stateBase: 0,
            state: bytes
        )
        let event = EventOrdinal(description.number(orRather: next))
        let place = output.position
        try output.write(.keyframe, record.encoded(at: place), count: 1, firstEvent: event)
        keyframes.append(KeyframeIndexEntry(event: event, position: place, kind: kind, digest: digest))
        let named = UInt32(truncatingIfNeeded: description.number(orRather: UInt64(number)))
        records = [EventRecord(.keyframe(number: named, kind), rip: 0, time: 0, payload: 0)]
        next &+= 1
    }

    private mutating func addPages() throws {
        let contents = changed.sorted { $0.key < $1.key }.prefix(Limits.pagesPerChunk)
        changed = Dictionary(uniqueKeysWithValues: contents.map { ($0.key, $0.value) })
        guard !contents.isEmpty else { return }
        for (index, page) in contents.enumerated() {
            places[page.key] = PageLocation(chunk: output.position, index: index)
            memory[page.key] = page.value
        }
        let bodies = contents.flatMap { [UInt8](repeating: $0.value, count: Limits.pageBytes) }
        let kinds = [UInt8](repeating: 0, count: contents.count)
        try output.write(.pages, kinds + bodies, count: contents.count, firstEvent: EventOrdinal(next))
    }

    private var memoryDigest: Digest128 {
        memory.reduce(.zero) { sum, page in
            let bytes = [UInt8](repeating: page.value, count: Limits.pageBytes)
            return sum + Digest128(ofPage: bytes.rawSpan, at: page.key * UInt64(Limits.pageBytes))
        }
    }

    private func state(_ description: inout Description) -> ProcessorState {
        var state = ProcessorState()
        guard description.byte() % 4 == 3 else { return state }
        state.rip = description.number()
        state[.rsp] = description.number()
        state.segments.cs.base = description.number()
        state.segments.ss.base = description.number()
        state.control.cr0 = description.number()
        state.control.cr3 = description.number()
        state.control.cr4 = description.number()
        state.control.efer = description.number()
        state.idt.base = description.number()
        state.idt.limit = UInt16(truncatingIfNeeded: description.number())
        if description.lies() { state.pending.interrupt = .init(vector: description.byte()) }
        return state
    }
}

// MARK: The end of the file

extension Forgery {
    private mutating func finish(_ description: inout Description) throws {
        var events = ByteWriter()
        var (event, position): (UInt64, UInt64) = (0, 0)
        for chunk in chunks {
            let first = description.number(orRather: chunk.firstEvent.rawValue)
            events.writeVarint(first &- event)
            events.writeVarint(chunk.position &- position)
            (event, position) = (first, chunk.position)
        }
        let eventIndex = output.position
        try output.write(.eventIndex, events.bytes, count: max(1, chunks.count), firstEvent: EventOrdinal(0))
        var states = ByteWriter()
        (event, position) = (0, 0)
        for keyframe in keyframes {
            let first = description.number(orRather: keyframe.event.rawValue)
            states.writeVarint(first &- event)
            states.writeVarint(keyframe.position &- position)
            states.write(keyframe.kind.rawValue)
            keyframe.digest.encode(to: &states)
            (event, position) = (first, keyframe.position)
        }
        let keyframeIndex = output.position
        try output.write(.keyframeIndex, states.bytes, count: max(1, keyframes.count), firstEvent: EventOrdinal(0))
        let first = chunks.first?.firstEvent ?? EventOrdinal(0)
        let root = RootRecord(
            eventCount: description.number(orRather: next &- first.rawValue),
            keyframeCount: description.number(orRather: UInt64(keyframes.count)),
            eventParts: [.init(firstEvent: first, position: eventIndex)],
            keyframeParts: [.init(firstEvent: keyframes.first?.event ?? first, position: keyframeIndex)]
        )
        let place = try output.write(.root, root.encoded, count: 1, firstEvent: EventOrdinal(0))
        try output.writeFooter(rootPosition: place)
    }
}
