import ByteCoding
import Platform
import X86

/// A shape of a chunk that is being decoded: what its events have in common, and where the rest of them is.
struct ShapeInChunk {
    /// What its events have in common. In a column that varies it is 0.
    private(set) var record = ExitRecord()
    /// The bits that any of its events has. All rules for a number of an event are that it has no bits above some place,
    /// so this breaks one if and only if an event does.
    private var union = ExitRecord()
    /// How many events have this shape.
    var count = 0
    /// For each column in which its events vary: the place of the next one's value.
    private var places: InlineArray<4, Int> = [-1, -1, -1, -1]
    /// Whether its events are exits as writers make them.
    private(set) var isSoundExit = false
    /// Whether its events are such exits, and none of them can end a run.
    private(set) var isPlainExit = false

    init(_ shape: EventShape) {
        record.kind = shape.form.kind
        record.detail = shape.form.detail
        record.flags = shape.form.flags
        record.key = shape.form.key
        record.rip = shape.rip
        union = record
    }

    /// Whether its events come with bytes of their own.
    var haveBytes: Bool {
        switch Event.Kind(rawValue: record.kind) {
        case .deviceWrite, .deviceRead, .end: true
        default: false
        }
    }

    /// Whether its events differ in a column.
    func varies(in column: EventColumn) -> Bool { places[column.rawValue] >= 0 }

    /// The place of the next event's value in a column; nil if the events do not differ there.
    mutating func takePlace(in column: EventColumn) -> Int? {
        let place = places[column.rawValue]
        guard place >= 0 else { return nil }
        places[column.rawValue] = place + 1
        return place
    }

    /// Decodes a column of its events, and appends the values to others unless they are all the same.
    mutating func decode(
        _ column: EventColumn,
        from cursor: inout ByteCursor,
        into values: inout ColumnValues
    ) throws(ByteCodingError) {
        let number: UInt8 = try cursor.read()
        let all: UInt64
        switch ColumnEncoding(rawValue: number) {
        case .constant:
            let value = try cursor.readVarint()
            guard count > 0 else { return }
            all = value
            record.set(column, to: value)
        case .fixed:
            let width = Int(try cursor.read(UInt8.self))
            guard (1...8).contains(width) else { throw .invalidValue(field: "width", value: UInt64(width)) }
            let bytes = try cursor.readSpan(count: count * width)
            places[column.rawValue] = values.count
            all = values.append(bytes, width: width, count: count)
        case .differences:
            places[column.rawValue] = values.count
            all = try values.append(differencesFrom: &cursor, count: count)
        case nil:
            throw .invalidValue(field: "column encoding", value: UInt64(number))
        }
        switch column {
        case .auxiliary where all > UInt32.max: throw .invalidValue(field: "auxiliary value", value: all)
        case .instructions where all >= Limits.instructionCounts:
            throw .invalidValue(field: "number of instructions", value: all)
        default: union.set(column, to: all)
        }
    }

    /// Finds out what its events are, once all columns are decoded.
    mutating func judge() {
        guard let kind = Event.Kind(rawValue: record.kind), kind.isExit else { return }
        do throws(ByteCodingError) {
            _ = try EventRecord(union, time: 0).event(payload: RawSpan())
            isSoundExit = true
        } catch {
            // Reading such an event finds the fault again, and says which event it is.
            return
        }
        switch ExitRecord.Kind(rawValue: record.kind) {
        case nil: break
        case .portWrite:
            isPlainExit = !RunEndingPort.isReached(from: Port(UInt16(record.key)), width: UInt16(record.detail))
        default: isPlainExit = true
        }
    }
}

extension ExitRecord {
    /// Sets a field that is stored in a column; the number must fit.
    mutating func set(_ column: EventColumn, to number: UInt64) {
        switch column {
        case .value: value = number
        case .address: address = number
        case .auxiliary: auxiliary = UInt32(truncatingIfNeeded: number)
        case .instructions: instructions = number
        }
    }
}
