import ByteCoding

/// A decoded event chunk. It keeps its buffers from chunk to chunk, so reading allocates nothing per event.
struct EventChunk {
    /// Whether the events say how many instructions were executed.
    let countsInstructions: Bool
    private(set) var records: [EventRecord] = []
    /// Where each event's share of ``payload`` begins. It has one more entry than there are events.
    private(set) var payloadStarts: [Int] = []
    private(set) var payload: [UInt8] = []

    /// The ordinal of the first event.
    var firstEvent = EventOrdinal(0)
    /// Where the chunk is in the file.
    var position: UInt64 = 0

    private var shapes: [EventShape] = []
    private var shapeOfEvent: [UInt16] = []
    private var starts: [Int] = []
    private var values: [UInt64] = []
    private var predictor = ShapePredictor()

    init(countsInstructions: Bool = false) { self.countsInstructions = countsInstructions }

    /// Forgets the chunk.
    mutating func clear() {
        records.removeAll(keepingCapacity: true)
        payloadStarts.removeAll(keepingCapacity: true)
    }

    /// Decodes the payload of a chunk that should have `count` events. Holds no events after an error.
    mutating func decode(_ bytes: RawSpan, count: Int) throws(ByteCodingError) {
        clear()
        do throws(ByteCodingError) {
            try decodeSections(of: bytes, count: count)
        } catch {
            clear()
            throw error
        }
    }

    private mutating func decodeSections(of bytes: RawSpan, count: Int) throws(ByteCodingError) {
        guard count > 0, count <= Limits.eventsPerChunk else {
            throw .invalidValue(field: "number of events", value: UInt64(count))
        }
        var cursor = ByteCursor(bytes)
        try decodeShapes(from: &cursor, count: count)
        let times = cursor.offset
        try skipTimes(in: &cursor)
        try decodeShapeSequence(from: &cursor, count: count)
        for index in 0..<count { records.append(shapes[Int(shapeOfEvent[index])].record) }
        var timeCursor = ByteCursor(bytes.extracting(times...))
        try decodeTimes(from: &timeCursor)
        for column in EventColumn.stored(counting: countsInstructions) { try decode(column, from: &cursor) }
        try decodePayload(from: &cursor)
        try cursor.expectEnd()
    }

    private mutating func decodeShapes(from cursor: inout ByteCursor, count: Int) throws(ByteCodingError) {
        shapes.removeAll(keepingCapacity: true)
        var previousRIP: UInt64 = 0
        for _ in 0..<(try cursor.readCount(limit: count)) {
            let shape = try EventShape(from: &cursor, after: previousRIP)
            guard Event.Kind(rawValue: shape.form.kind) != nil else {
                throw .invalidValue(field: "event kind", value: UInt64(shape.form.kind))
            }
            shapes.append(shape)
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

    private mutating func decodeTimes(from cursor: inout ByteCursor) throws(ByteCodingError) {
        var time: UInt32 = 0
        var index = 0
        for _ in 0..<(try cursor.readCount(limit: records.count)) {
            let change = try cursor.readCount(limit: records.count - index) + index
            let step = try cursor.readVarint()
            guard change < records.count, let step = UInt32(exactly: step), step != 0 else {
                throw .invalidValue(field: "time", value: step)
            }
            while index < change {
                records[index].time = time
                index += 1
            }
            time &+= step
        }
        while index < records.count {
            records[index].time = time
            index += 1
        }
    }

    private mutating func decodeShapeSequence(from cursor: inout ByteCursor, count: Int) throws(ByteCodingError) {
        shapeOfEvent.removeAll(keepingCapacity: true)
        let width = EventChunkEncoder.bits(forShapes: shapes.count)
        if try cursor.readFlag() {
            try decodePredictedShapes(from: &cursor, count: count, width: width)
        } else {
            var numbers = BitReader(try cursor.readSpan(count: (count * width + 7) / 8))
            for _ in 0..<count { shapeOfEvent.append(UInt16(numbers.read(bits: width))) }
        }
        starts.removeAll(keepingCapacity: true)
        starts.append(contentsOf: repeatElement(0, count: shapes.count + 1))
        for shape in shapeOfEvent {
            guard Int(shape) < shapes.count else {
                throw .invalidValue(field: "shape number", value: UInt64(shape))
            }
            starts[Int(shape) + 1] += 1
        }
        for shape in shapes.indices { starts[shape + 1] += starts[shape] }
    }

    private mutating func decodePredictedShapes(
        from cursor: inout ByteCursor,
        count: Int,
        width: Int
    ) throws(ByteCodingError) {
        let hits = try cursor.readSpan(count: (count + 7) / 8)
        var counter = BitReader(hits)
        var missCount = count
        for _ in 0..<count { missCount -= Int(counter.read(bits: 1)) }
        var hitReader = BitReader(hits)
        var misses = BitReader(try cursor.readSpan(count: (missCount * width + 7) / 8))
        predictor.reset()
        for _ in 0..<count {
            let isHit = hitReader.read(bits: 1) == 1
            let shape = isHit ? predictor.prediction : UInt16(misses.read(bits: width))
            shapeOfEvent.append(shape)
            predictor.advance(shape)
        }
    }

    private mutating func decode(_ column: EventColumn, from cursor: inout ByteCursor) throws(ByteCodingError) {
        values.removeAll(keepingCapacity: true)
        for shape in shapes.indices {
            try decodeValues(count: starts[shape + 1] - starts[shape], from: &cursor)
        }
        var next = starts
        for index in records.indices {
            let shape = Int(shapeOfEvent[index])
            try records[index].set(column, to: values[next[shape]])
            next[shape] += 1
        }
    }

    private mutating func decodeValues(count: Int, from cursor: inout ByteCursor) throws(ByteCodingError) {
        let number: UInt8 = try cursor.read()
        switch ColumnEncoding(rawValue: number) {
        case .constant:
            values.append(contentsOf: repeatElement(try cursor.readVarint(), count: count))
        case .fixed:
            let width = Int(try cursor.read(UInt8.self))
            guard (1...8).contains(width) else { throw .invalidValue(field: "width", value: UInt64(width)) }
            let bytes = try cursor.readSpan(count: count * width)
            for index in 0..<count {
                var value: UInt64 = 0
                for place in 0..<width {
                    // SAFETY: index and place are below count and width, whose product is the span's size.
                    let byte = unsafe bytes.unsafeLoad(fromByteOffset: index * width + place, as: UInt8.self)
                    value |= UInt64(byte) << UInt64(8 * place)
                }
                values.append(value)
            }
        case .differences:
            var value: UInt64 = 0
            for _ in 0..<count {
                value &+= ZigZag.decode(try cursor.readVarint())
                values.append(value)
            }
        case nil:
            throw .invalidValue(field: "column encoding", value: UInt64(number))
        }
    }

    private mutating func decodePayload(from cursor: inout ByteCursor) throws(ByteCodingError) {
        payload = try cursor.readBytes(count: cursor.readCount(limit: Limits.chunkBytes))
        var end = 0
        for record in records {
            payloadStarts.append(end)
            guard record.hasValidLength else { throw .invalidValue(field: "length", value: record.value) }
            end += record.payloadSize
        }
        payloadStarts.append(end)
        guard end == payload.count else { throw .invalidValue(field: "bytes of events", value: UInt64(end)) }
    }
}

extension EventShape {
    /// A record of this shape without data and time.
    fileprivate var record: EventRecord { EventRecord(form, rip: rip, time: 0) }
}

extension EventRecord {
    fileprivate mutating func set(_ column: EventColumn, to number: UInt64) throws(ByteCodingError) {
        switch column {
        case .value: value = number
        case .address: address = number
        case .auxiliary:
            guard let number = UInt32(exactly: number) else {
                throw .invalidValue(field: "auxiliary value", value: number)
            }
            auxiliary = number
        case .instructions:
            guard number < Limits.instructionCounts else {
                throw .invalidValue(field: "number of instructions", value: number)
            }
            instructions = number
        }
    }
}
