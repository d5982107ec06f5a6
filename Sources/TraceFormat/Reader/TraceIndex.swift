import ByteCoding
import Synchronization

/// Where the events and keyframes of a trace are: from its own index, piece by piece as needed, or from a scan.
final class TraceIndex: Sendable {
    let eventCount: UInt64
    let keyframeCount: UInt64
    private let file: TraceFile
    private let source: Source
    private let eventPieces = Mutex<[UInt64: [EventIndexEntry]]>([:])
    private let keyframePieces = Mutex<[UInt64: [KeyframeIndexEntry]]>([:])

    enum Source {
        case root(RootRecord)
        case scan(events: [EventIndexEntry], keyframes: [KeyframeIndexEntry])
    }

    /// Decoded pieces that are kept; a piece is at most 64 KiB.
    private static let keptPieces = 64

    init(file: TraceFile, root: RootRecord) {
        self.file = file
        eventCount = root.eventCount
        keyframeCount = root.keyframeCount
        source = .root(root)
    }

    init(file: TraceFile, eventCount: UInt64, events: [EventIndexEntry], keyframes: [KeyframeIndexEntry]) {
        self.file = file
        self.eventCount = eventCount
        keyframeCount = UInt64(keyframes.count)
        source = .scan(events: events, keyframes: keyframes)
    }

    /// The event chunk that has this event, which the trace must have.
    func eventChunk(with event: EventOrdinal) throws(TraceError) -> EventIndexEntry {
        let entries: [EventIndexEntry]
        switch source {
        case .scan(let events, _):
            entries = events
        case .root(let root):
            let part = root.eventParts.partition(where: { $0.firstEvent <= event }) - 1
            guard part >= 0 else { throw inconsistent("event index", "no part of it has event \(event)") }
            entries = try eventPiece(at: root.eventParts[part])
        }
        let place = entries.partition(where: { $0.firstEvent <= event }) - 1
        guard place >= 0 else { throw inconsistent("event index", "event \(event) is missing") }
        return entries[place]
    }

    /// The keyframe of this number, which the trace must have.
    func keyframe(_ number: UInt64) throws(TraceError) -> KeyframeIndexEntry {
        switch source {
        case .scan(_, let keyframes):
            return keyframes[Int(number)]
        case .root(let root):
            let part = Int(number) / Limits.indexEntries
            guard part < root.keyframeParts.count else { throw inconsistent("keyframe index", "a part is missing") }
            let entries = try keyframePiece(at: root.keyframeParts[part])
            let place = Int(number) % Limits.indexEntries
            guard place < entries.count else { throw inconsistent("keyframe index", "an entry is missing") }
            return entries[place]
        }
    }

    private func eventPiece(at part: EventIndexEntry) throws(TraceError) -> [EventIndexEntry] {
        if let known = eventPieces.withLock({ $0[part.position] }) { return known }
        let (header, payload) = try file.chunk(.eventIndex, at: part.position)
        let entries = try file.decode(header) { () throws(ByteCodingError) in
            var cursor = ByteCursor(payload.rawSpan)
            let entries = try EventIndexEntry.decode(&cursor, count: header.count)
            try cursor.expectEnd()
            return entries
        }
        eventPieces.withLock { pieces in
            if pieces.count >= Self.keptPieces { pieces.removeAll() }
            pieces[part.position] = entries
        }
        return entries
    }

    private func keyframePiece(at part: EventIndexEntry) throws(TraceError) -> [KeyframeIndexEntry] {
        if let known = keyframePieces.withLock({ $0[part.position] }) { return known }
        let (header, payload) = try file.chunk(.keyframeIndex, at: part.position)
        let entries = try file.decode(header) { () throws(ByteCodingError) in
            var cursor = ByteCursor(payload.rawSpan)
            let entries = try KeyframeIndexEntry.decode(&cursor, count: header.count)
            try cursor.expectEnd()
            return entries
        }
        keyframePieces.withLock { pieces in
            if pieces.count >= Self.keptPieces { pieces.removeAll() }
            pieces[part.position] = entries
        }
        return entries
    }

    private func inconsistent(_ chunk: String, _ why: String) -> TraceError {
        .corrupt(path: file.path, chunk: chunk, offset: file.size, why: why)
    }
}

extension Array {
    /// How many elements, from the first on, fulfil a condition that no element after those does.
    func partition(where condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
