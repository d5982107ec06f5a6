import ByteCoding

/// Encodes a run of events as the payload of an event chunk. docs/trace-format.md describes the layout.
///
/// It keeps its tables from chunk to chunk and goes through the events as few times as it can, since a writer does this for
/// every event that a guest causes.
struct EventChunkEncoder {
    private let countsInstructions: Bool
    private var shapes = ShapeList()
    private var predictor = ShapePredictor()
    /// The number of each event's shape.
    private var shapeOfEvent = [UInt16](repeating: 0, count: Limits.eventsPerChunk)
    /// The number of each shape's events, and where the next one's value goes.
    private var eventsOfShape = [Int](repeating: 0, count: Limits.eventsPerChunk)
    private var nextOfShape = [Int](repeating: 0, count: Limits.eventsPerChunk)
    /// Which events have the shape that was guessed, 64 to a word, and the shapes of the others.
    private var hits: [UInt64] = []
    private var misses: [UInt16] = []
    /// All bits that are set in any event's fields.
    private var union = EventRecord(kind: 0, rip: 0, time: 0)
    /// One field of all events, those of one shape together.
    private var values = [UInt64](repeating: 0, count: Limits.eventsPerChunk)
    private var fixedBytes = [UInt8](repeating: 0, count: 8 * Limits.eventsPerChunk)

    /// - Parameter countsInstructions: whether to store how many instructions were executed before each event.
    init(countsInstructions: Bool = false) { self.countsInstructions = countsInstructions }

    /// The payload of a chunk of `records`, of which there are 1 to ``Limits/eventsPerChunk``. `payload` holds the
    /// bytes that came with them.
    mutating func encode(_ records: [EventRecord], payload: [UInt8]) -> [UInt8] {
        union = Self.survey(
            records.span,
            &shapes,
            &predictor,
            numbers: &shapeOfEvent,
            counts: &eventsOfShape,
            hits: &hits,
            misses: &misses
        )
        var writer = ByteWriter(capacity: 1024 + records.count + payload.count)
        writer.writeVarint(UInt64(shapes.shapes.count))
        var previousRIP: UInt64 = 0
        for shape in shapes.shapes {
            shape.encode(to: &writer, after: previousRIP)
            previousRIP = shape.rip
        }
        encodeTimes(of: records.span, to: &writer)
        encodeShapeSequence(count: records.count, to: &writer)
        encodeColumns(of: records.span, to: &writer)
        writer.writeVarint(UInt64(payload.count))
        writer.write(bytes: payload)
        return writer.bytes
    }

    // Functions of the type rather than of a value, here and below, because a value's parts cannot be lent one by one.

    /// Finds the events' shapes, how many have each, and which of them are guessed.
    ///
    /// - Returns: all bits that are set in any event's fields.
    private static func survey(
        _ records: Span<EventRecord>,
        _ shapes: inout ShapeList,
        _ predictor: inout ShapePredictor,
        numbers shapeOfEvent: inout [UInt16],
        counts eventsOfShape: inout [Int],
        hits: inout [UInt64],
        misses: inout [UInt16]
    ) -> EventRecord {
        shapes.reset()
        predictor.reset()
        hits.removeAll(keepingCapacity: true)
        misses.removeAll(keepingCapacity: true)
        var union = EventRecord(kind: 0, rip: 0, time: 0)
        var numbers = shapeOfEvent.mutableSpan
        var counts = eventsOfShape.mutableSpan
        var word: UInt64 = 0
        for index in 0..<records.count {
            let shape = EventShape(records[index])
            var number = predictor.prediction
            if shapes.has(shape, as: number) {
                predictor.confirm()
                word |= 1 &<< UInt64(truncatingIfNeeded: index)
            } else {
                let known = shapes.shapes.count
                number = shapes.number(of: shape)
                if shapes.shapes.count > known { counts[known] = 0 }
                predictor.advance(number)
                misses.append(number)
            }
            numbers[index] = number
            counts[Int(number)] &+= 1
            union.value |= records[index].value
            union.address |= records[index].address
            union.auxiliary |= records[index].auxiliary
            union.instructions |= records[index].instructions
            if index % 64 == 63 {
                hits.append(word)
                word = 0
            }
        }
        hits.append(word)
        return union
    }

    /// Times change far less often than events come, so only the changes are stored.
    private func encodeTimes(of records: Span<EventRecord>, to writer: inout ByteWriter) {
        var changes = ByteWriter()
        var count: UInt64 = 0
        var time: UInt32 = 0
        var lastChange = 0
        for index in 0..<records.count where records[index].time != time {
            changes.writeVarint(UInt64(index - lastChange))
            changes.writeVarint(UInt64(records[index].time &- time))
            count += 1
            time = records[index].time
            lastChange = index
        }
        writer.writeVarint(count)
        writer.write(bytes: changes.bytes)
    }

    private func encodeShapeSequence(count: Int, to writer: inout ByteWriter) {
        let width = Self.bits(forShapes: shapes.shapes.count)
        let hitCount = (count + 7) / 8
        let isPredicted = hitCount + (misses.count * width + 7) / 8 <= (count * width + 7) / 8
        writer.write(isPredicted)
        var numbers = BitWriter()
        if isPredicted {
            for place in 0..<hitCount {
                writer.write(UInt8(truncatingIfNeeded: hits[place / 8] >> UInt64(place % 8 * 8)))
            }
            for number in misses { numbers.write(UInt64(number), bits: width) }
        } else {
            for number in shapeOfEvent[..<count] { numbers.write(UInt64(number), bits: width) }
        }
        writer.write(bytes: numbers.finished())
    }

    private mutating func encodeColumns(of records: Span<EventRecord>, to writer: inout ByteWriter) {
        for column in EventColumn.stored(counting: countsInstructions) {
            guard union[column] != 0 else {
                // Most fields are those of few kinds of events.
                for _ in shapes.shapes { encodeConstant(0, to: &writer) }
                continue
            }
            switch column {
            case .value: sortValues(of: records) { $0.value }
            case .address: sortValues(of: records) { $0.address }
            case .auxiliary: sortValues(of: records) { UInt64($0.auxiliary) }
            case .instructions: sortValues(of: records) { $0.instructions }
            }
            var start = 0
            for shape in shapes.shapes.indices {
                encodeValues(start..<start + eventsOfShape[shape], to: &writer)
                start += eventsOfShape[shape]
            }
        }
    }

    /// Puts a field of the events of one shape together, in the order of the shapes.
    @inline(__always)
    private mutating func sortValues(of records: Span<EventRecord>, _ field: (EventRecord) -> UInt64) {
        var start = 0
        for shape in shapes.shapes.indices {
            nextOfShape[shape] = start
            start += eventsOfShape[shape]
        }
        Self.sort(records, shapeOfEvent, &nextOfShape, into: &values, field)
    }

    @inline(__always)
    private static func sort(
        _ records: Span<EventRecord>,
        _ shapeOfEvent: [UInt16],
        _ nextOfShape: inout [Int],
        into values: inout [UInt64],
        _ field: (EventRecord) -> UInt64
    ) {
        let numbers = shapeOfEvent.span
        var next = nextOfShape.mutableSpan
        var values = values.mutableSpan
        for index in 0..<records.count {
            let shape = Int(numbers[index])
            values[next[shape]] = field(records[index])
            next[shape] &+= 1
        }
    }

    private mutating func encodeValues(_ range: Range<Int>, to writer: inout ByteWriter) {
        let (encoding, width) = ColumnEncoding.best(for: values.span.extracting(range))
        switch encoding {
        case .constant:
            encodeConstant(values[range.lowerBound], to: &writer)
        case .fixed:
            writer.write(encoding.rawValue)
            writer.write(UInt8(width))
            Self.store(values, range, width, into: &fixedBytes)
            writer.write(fixedBytes.rawSpan.extracting(..<(range.count * width)))
        case .differences:
            writer.write(encoding.rawValue)
            var previous: UInt64 = 0
            for value in values[range] {
                writer.writeVarint(ZigZag.encode(value &- previous))
                previous = value
            }
        }
    }

    /// Stores the low bytes of values one behind the other, little-endian.
    private static func store(_ values: [UInt64], _ range: Range<Int>, _ width: Int, into bytes: inout [UInt8]) {
        let values = values.span.extracting(range)
        var bytes = bytes.mutableSpan
        var end = 0
        for index in 0..<values.count {
            for place in 0..<width {
                bytes[end] = UInt8(truncatingIfNeeded: values[index] &>> UInt64(truncatingIfNeeded: 8 &* place))
                end &+= 1
            }
        }
    }

    private func encodeConstant(_ value: UInt64, to writer: inout ByteWriter) {
        writer.write(ColumnEncoding.constant.rawValue)
        writer.writeVarint(value)
    }

    /// How many bits a shape's number needs if there are `count` shapes.
    static func bits(forShapes count: Int) -> Int {
        count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    }
}

/// The fields of an event that are stored apart from its shape, in the order of a chunk.
enum EventColumn: Int {
    case value
    case address
    case auxiliary
    case instructions

    /// The columns that a trace has.
    static func stored(counting countsInstructions: Bool) -> [Self] {
        countsInstructions ? [.value, .address, .auxiliary, .instructions] : [.value, .address, .auxiliary]
    }
}

extension EventRecord {
    /// One field as a number.
    subscript(column: EventColumn) -> UInt64 {
        switch column {
        case .value: value
        case .address: address
        case .auxiliary: UInt64(auxiliary)
        case .instructions: instructions
        }
    }
}
