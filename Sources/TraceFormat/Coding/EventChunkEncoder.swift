import ByteCoding

/// Encodes a run of events as the payload of an event chunk. docs/trace-format.md describes the layout.
struct EventChunkEncoder {
    private let countsInstructions: Bool
    private var shapes: [EventShape] = []
    private var shapeOfEvent: [UInt16] = []
    private var shapeSlots = GenerationTable()
    private var predictor = ShapePredictor()
    private var values: [UInt64] = []
    private var fixedBytes: [UInt8] = []

    /// - Parameter countsInstructions: whether to store how many instructions were executed before each event.
    init(countsInstructions: Bool = false) { self.countsInstructions = countsInstructions }

    /// The payload of a chunk of `records`, of which there are 1 to ``Limits/eventsPerChunk``. `payload` holds the
    /// bytes that came with them.
    mutating func encode(_ records: [EventRecord], payload: [UInt8]) -> [UInt8] {
        findShapes(of: records)
        var writer = ByteWriter(capacity: 1024 + records.count)
        writer.writeVarint(UInt64(shapes.count))
        var previousRIP: UInt64 = 0
        for shape in shapes {
            shape.encode(to: &writer, after: previousRIP)
            previousRIP = shape.rip
        }
        encodeTimes(of: records, to: &writer)
        encodeShapeSequence(to: &writer)
        encodeColumns(of: records, to: &writer)
        writer.writeVarint(UInt64(payload.count))
        writer.write(bytes: payload)
        return writer.bytes
    }

    private mutating func findShapes(of records: [EventRecord]) {
        shapes.removeAll(keepingCapacity: true)
        shapeOfEvent.removeAll(keepingCapacity: true)
        shapeSlots.reset()
        for record in records {
            let shape = EventShape(record)
            var slot = Int(shape.hash >> 48)
            // Slots hold shape numbers plus one. The table is larger than the number of shapes can be.
            while shapeSlots[slot] != 0, shapes[Int(shapeSlots[slot]) - 1] != shape { slot = (slot + 1) & 0xFFFF }
            if shapeSlots[slot] == 0 {
                shapes.append(shape)
                shapeSlots[slot] = UInt16(shapes.count)
            }
            shapeOfEvent.append(shapeSlots[slot] - 1)
        }
    }

    /// Times change far less often than events come, so only the changes are stored.
    private func encodeTimes(of records: [EventRecord], to writer: inout ByteWriter) {
        var changes = ByteWriter()
        var count: UInt64 = 0
        var time: UInt32 = 0
        var lastChange = 0
        for (index, record) in records.enumerated() where record.time != time {
            changes.writeVarint(UInt64(index - lastChange))
            changes.writeVarint(UInt64(record.time &- time))
            count += 1
            time = record.time
            lastChange = index
        }
        writer.writeVarint(count)
        writer.write(bytes: changes.bytes)
    }

    private mutating func encodeShapeSequence(to writer: inout ByteWriter) {
        predictor.reset()
        var hits = BitWriter()
        var misses = BitWriter()
        var all = BitWriter()
        let width = Self.bits(forShapes: shapes.count)
        for shape in shapeOfEvent {
            let isHit = predictor.prediction == shape
            hits.write(isHit ? 1 : 0, bits: 1)
            if !isHit { misses.write(UInt64(shape), bits: width) }
            all.write(UInt64(shape), bits: width)
            predictor.advance(shape)
        }
        let (hitBytes, missBytes, allBytes) = (hits.finished(), misses.finished(), all.finished())
        let isPredicted = hitBytes.count + missBytes.count <= allBytes.count
        writer.write(isPredicted)
        writer.write(bytes: isPredicted ? hitBytes : allBytes)
        if isPredicted { writer.write(bytes: missBytes) }
    }

    private mutating func encodeColumns(of records: [EventRecord], to writer: inout ByteWriter) {
        var starts = [Int](repeating: 0, count: shapes.count + 1)
        for shape in shapeOfEvent { starts[Int(shape) + 1] += 1 }
        for shape in shapes.indices { starts[shape + 1] += starts[shape] }
        for column in EventColumn.stored(counting: countsInstructions) {
            var next = starts
            values.removeAll(keepingCapacity: true)
            values.append(contentsOf: repeatElement(0, count: records.count))
            for (record, shape) in zip(records, shapeOfEvent) {
                values[next[Int(shape)]] = record[column]
                next[Int(shape)] += 1
            }
            for shape in shapes.indices { encode(values[starts[shape]..<starts[shape + 1]], to: &writer) }
        }
    }

    private mutating func encode(_ values: ArraySlice<UInt64>, to writer: inout ByteWriter) {
        let (encoding, width) = ColumnEncoding.best(for: values)
        writer.write(encoding.rawValue)
        switch encoding {
        case .constant:
            writer.writeVarint(values.first ?? 0)
        case .fixed:
            writer.write(UInt8(width))
            fixedBytes.removeAll(keepingCapacity: true)
            for value in values {
                for place in 0..<width { fixedBytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place))) }
            }
            writer.write(bytes: fixedBytes)
        case .differences:
            var previous: UInt64 = 0
            for value in values {
                writer.writeVarint(ZigZag.encode(value &- previous))
                previous = value
            }
        }
    }

    /// How many bits a shape's number needs if there are `count` shapes.
    static func bits(forShapes count: Int) -> Int {
        count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    }
}

/// The fields of an event that are stored apart from its shape, in the order of a chunk.
enum EventColumn {
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
