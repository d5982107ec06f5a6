import ByteCoding
import X86

/// A decoded event chunk. It keeps its buffers from chunk to chunk, so reading allocates nothing per event.
struct EventChunk {
    /// Whether the events say how many instructions were executed.
    let countsInstructions: Bool
    /// How many events it has.
    private(set) var count = 0
    private(set) var payload: [UInt8] = []

    /// The ordinal of the first event.
    var firstEvent = EventOrdinal(0)
    /// Where the chunk is in the file.
    var position: UInt64 = 0

    /// The shapes of its events, and what is known about them.
    private var shapes: [ShapeInChunk] = []
    // Of these, the first `count` elements belong to the events: none of them is ever made shorter.
    private var records: [ExitRecord] = []
    private var times: [UInt32] = []
    private var shapeOfEvent: [UInt16] = []
    /// Where each event's share of ``payload`` begins. It has one more entry than there are events, or none at all if no
    /// event has a share.
    private var payloadStarts: [Int] = []
    /// The data that differs among events of one shape, column by column, and in a column shape by shape.
    private var values = ColumnValues()
    private var predictor = ShapePredictor()

    init(countsInstructions: Bool = false) { self.countsInstructions = countsInstructions }

    /// Forgets the chunk.
    mutating func clear() { count = 0 }

    /// Decodes the payload of a chunk that should have `count` events. Holds no events after an error.
    mutating func decode(_ bytes: RawSpan, count: Int) throws(ByteCodingError) {
        clear()
        guard count > 0, count <= Limits.eventsPerChunk else {
            throw .invalidValue(field: "number of events", value: UInt64(count))
        }
        if records.count < count {
            records += repeatElement(ExitRecord(), count: count - records.count)
            times += repeatElement(0, count: count - times.count)
            shapeOfEvent += repeatElement(0, count: count - shapeOfEvent.count)
        }
        try decodeSections(of: bytes, count)
        self.count = count
    }

    private mutating func decodeSections(of bytes: RawSpan, _ count: Int) throws(ByteCodingError) {
        var cursor = ByteCursor(bytes)
        try decodeShapes(from: &cursor, count)
        let start = cursor.offset
        try skipTimes(in: &cursor)
        try decodeShapeSequence(from: &cursor, count)
        var timeCursor = ByteCursor(bytes.extracting(start...))
        try decodeTimes(from: &timeCursor, count)
        values.removeAll()
        for column in EventColumn.stored(counting: countsInstructions) { try decode(column, from: &cursor) }
        Self.fill(&records, shapes, shapeOfEvent, count)
        for column in EventColumn.stored(counting: countsInstructions) {
            Self.fill(column, of: &records, &shapes, shapeOfEvent, values, count)
        }
        try decodePayload(from: &cursor, count)
        try cursor.expectEnd()
        for index in shapes.indices { shapes[index].judge() }
    }

    private mutating func decodeShapes(from cursor: inout ByteCursor, _ count: Int) throws(ByteCodingError) {
        shapes.removeAll(keepingCapacity: true)
        var previousRIP: UInt64 = 0
        for _ in 0..<(try cursor.readCount(limit: count)) {
            let shape = try EventShape(from: &cursor, after: previousRIP)
            guard Event.Kind(rawValue: shape.form.kind) != nil else {
                throw .invalidValue(field: "event kind", value: UInt64(shape.form.kind))
            }
            shapes.append(ShapeInChunk(shape))
            previousRIP = shape.rip
        }
        guard !shapes.isEmpty else { throw .invalidValue(field: "number of shapes", value: 0) }
    }

    private func skipTimes(in cursor: inout ByteCursor) throws(ByteCodingError) {
        for _ in 0..<(try cursor.readCount(limit: Limits.eventsPerChunk)) {
            _ = try cursor.readVarint()
            _ = try cursor.readVarint()
        }
    }

    private mutating func decodeTimes(from cursor: inout ByteCursor, _ count: Int) throws(ByteCodingError) {
        var times = times.mutableSpan
        var time: UInt32 = 0
        var index = 0
        for _ in 0..<(try cursor.readCount(limit: count)) {
            let change = try cursor.readCount(limit: count - index) + index
            let step = try cursor.readVarint()
            guard change < count, let step = UInt32(exactly: step), step != 0 else {
                throw .invalidValue(field: "time", value: step)
            }
            while index < change {
                times[index] = time
                index += 1
            }
            time &+= step
        }
        while index < count {
            times[index] = time
            index += 1
        }
    }

    private mutating func decodeShapeSequence(from cursor: inout ByteCursor, _ count: Int) throws(ByteCodingError) {
        let width = EventChunkEncoder.bits(forShapes: shapes.count)
        if try cursor.readFlag() {
            let hits = try cursor.readSpan(count: (count + 7) / 8)
            let missCount = count - BitReader(hits).countOnes(among: count)
            let misses = try cursor.readSpan(count: (missCount * width + 7) / 8)
            predictor.decode(BitReader(hits), BitReader(misses), bits: width, into: &shapeOfEvent, count)
        } else {
            let numbers = try cursor.readSpan(count: (count * width + 7) / 8)
            Self.unpack(BitReader(numbers), bits: width, into: &shapeOfEvent, count)
        }
        try Self.countEvents(of: &shapes, shapeOfEvent, count)
    }

    private static func unpack(
        _ reader: consuming BitReader,
        bits: Int,
        into numbers: inout [UInt16],
        _ count: Int
    ) {
        var numbers = numbers.mutableSpan
        for index in 0..<count { numbers[index] = UInt16(truncatingIfNeeded: reader.read(bits: bits)) }
    }

    private static func countEvents(
        of shapes: inout [ShapeInChunk],
        _ shapeOfEvent: [UInt16],
        _ count: Int
    ) throws(ByteCodingError) {
        var shapes = shapes.mutableSpan
        let numbers = shapeOfEvent.span
        for index in 0..<count {
            let shape = Int(numbers[index])
            guard shape < shapes.count else {
                throw .invalidValue(field: "shape number", value: UInt64(shape))
            }
            shapes[shape].count += 1
        }
    }

    private mutating func decode(_ column: EventColumn, from cursor: inout ByteCursor) throws(ByteCodingError) {
        for index in shapes.indices { try shapes[index].decode(column, from: &cursor, into: &values) }
    }

    /// Gives each record what all of its shape have in common.
    private static func fill(
        _ records: inout [ExitRecord],
        _ shapes: [ShapeInChunk],
        _ shapeOfEvent: [UInt16],
        _ count: Int
    ) {
        var records = records.mutableSpan
        let (shapes, numbers) = (shapes.span, shapeOfEvent.span)
        for index in 0..<count { records[index] = shapes[Int(numbers[index])].record }
    }

    /// Gives the records of shapes in which a column varies their own values.
    private static func fill(
        _ column: EventColumn,
        of records: inout [ExitRecord],
        _ shapes: inout [ShapeInChunk],
        _ shapeOfEvent: [UInt16],
        _ values: ColumnValues,
        _ count: Int
    ) {
        guard shapes.contains(where: { $0.varies(in: column) }) else { return }
        var records = records.mutableSpan
        var shapes = shapes.mutableSpan
        let (numbers, values) = (shapeOfEvent.span, values.span)
        for index in 0..<count {
            guard let place = shapes[Int(numbers[index])].takePlace(in: column) else { continue }
            records[index].set(column, to: values[place])
        }
    }

    private mutating func decodePayload(from cursor: inout ByteCursor, _ count: Int) throws(ByteCodingError) {
        payload = try cursor.readBytes(count: cursor.readCount(limit: Limits.chunkBytes))
        payloadStarts.removeAll(keepingCapacity: true)
        var end = 0
        if shapes.contains(where: \.haveBytes) {
            for place in 0..<count {
                payloadStarts.append(end)
                let record = EventRecord(records[place], time: 0)
                guard record.hasValidLength else { throw .invalidValue(field: "length", value: record.value) }
                end += record.payloadSize
            }
            payloadStarts.append(end)
        }
        guard end == payload.count else { throw .invalidValue(field: "bytes of events", value: UInt64(end)) }
    }
}

// MARK: Reading

extension EventChunk {
    /// The record of an event, by its place in the chunk.
    func record(_ place: Int) -> EventRecord { EventRecord(records[place], time: times[place]) }

    /// Which bytes of ``payload`` come with an event, by its place in the chunk.
    func share(_ place: Int) -> Range<Int> {
        payloadStarts.isEmpty ? 0..<0 : payloadStarts[place]..<payloadStarts[place + 1]
    }

    /// Whether the event at a place is known to be an exit as writers make them, so that it need not be checked again.
    func isSoundExit(_ place: Int) -> Bool { shapes[Int(shapeOfEvent[place])].isSoundExit }

    /// Whether it has an event of this kind.
    func contains(_ kind: Event.Kind) -> Bool {
        shapes.contains { $0.count > 0 && $0.record.kind == kind.rawValue }
    }

    /// How many exits that cannot end a run come one after another from a place on, before another place, and not later
    /// than so many milliseconds after a time.
    func plainExits(from place: Int, before end: Int, within milliseconds: UInt32, of time: UInt32) -> Int {
        let (shapes, numbers, times) = (shapes.span, shapeOfEvent.span, times.span)
        var next = place
        while next < end, shapes[Int(numbers[next])].isPlainExit, times[next] &- time <= milliseconds { next += 1 }
        return next - place
    }

    /// The exits at some places, as they are recorded.
    @_lifetime(borrow self)
    func exits(_ places: Range<Int>) -> Span<ExitRecord> { records.span.extracting(places) }
}
