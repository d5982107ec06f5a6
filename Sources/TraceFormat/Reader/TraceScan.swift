import ByteCoding

/// Finds the chunks of a trace that has no usable index: one that is being written, or whose recorder was killed.
struct TraceScan: Sendable {
    private(set) var events: [EventIndexEntry] = []
    private var foundKeyframes: [KeyframeIndexEntry] = []
    /// One past the last event found.
    private(set) var nextEvent: EventOrdinal
    /// Where the next chunk would begin.
    private(set) var position: UInt64
    /// Why the scan stopped; nil if it reached the end of the file.
    private(set) var obstacle: TraceError?
    /// Whether the file ends with its footer.
    private(set) var hasFooter = false
    private var sequence: UInt32
    /// Where the root index is, once it was found. Only the footer follows it.
    private var root: UInt64?

    /// What is wrong with the scanned bytes. A file that just stops, even within a chunk, has no fault.
    var fault: TraceError? {
        if case .truncated = obstacle { nil } else { obstacle }
    }

    /// The keyframes that were found. One whose event was not written, or not yet, does not count.
    var keyframes: [KeyframeIndexEntry] {
        Array(foundKeyframes.prefix(foundKeyframes.partition { $0.event < nextEvent }))
    }

    /// Starts after the header chunk.
    init(after header: ChunkHeader) {
        nextEvent = header.firstEvent
        position = header.position + UInt64(header.totalSize)
        sequence = header.sequence + 1
    }

    /// Continues until the end of the file, or until the first chunk that is not whole.
    ///
    /// A scan reads only some bytes of each chunk; payloads are checked later, when they are used. But the last chunks
    /// are checked now, from the end backwards to the first good one, because that is where a crashed host leaves
    /// holes. For this it keeps only the last headers, a few at first. If all of those are bad, it scans again, only up
    /// to them, and keeps twice as many.
    mutating func run(_ file: TraceFile) {
        let start = self
        var (end, kept) = (file.size, Self.keptHeaders)
        obstacle = nil
        while true {
            var tail = walk(file, to: end, keeping: kept)
            let wasEmpty = tail.isEmpty
            dropBad(&tail, file)
            guard tail.isEmpty, !wasEmpty, position > start.position else {
                take(tail, file)
                return
            }
            (end, kept) = (position, 2 * kept)
            let reason = obstacle
            self = start
            obstacle = reason
        }
    }

    /// At least this many headers are kept, if there are as many.
    private static let keptHeaders = 512

    /// Goes from chunk to chunk and takes all except the last ones, at least `count`, which it returns.
    private mutating func walk(_ file: TraceFile, to end: UInt64, keeping count: Int) -> [ChunkHeader] {
        var tail: [ChunkHeader] = []
        do throws(TraceError) {
            while position < end, root == nil {
                let header = try file.header(at: position)
                guard header.sequence == sequence else {
                    throw file.corrupt(header, why: "chunks before it are missing")
                }
                guard file.size - position >= UInt64(header.totalSize) else {
                    throw .truncated(path: file.path, what: header.type.name, offset: position)
                }
                if tail.count == 2 * count {
                    guard take(tail[..<count], file) else { return [] }
                    tail.removeFirst(count)
                }
                tail.append(header)
                if header.type == .root { root = position }
                position += UInt64(header.totalSize)
                sequence += 1
            }
            if let root { try takeFooter(file, root: root) }
        } catch {
            obstacle = error
        }
        return tail
    }

    /// After the root index the file must end with the footer or a beginning of it.
    private mutating func takeFooter(_ file: TraceFile, root: UInt64) throws(TraceError) {
        let rest = file.size - position
        let size = UInt64(FileFooter.byteCount)
        let footer = FileFooter(identity: file.identity, rootPosition: root, fileSize: position + size)
        guard rest <= size, footer.bytes.starts(with: try file.read(Int(rest), at: position, "footer")) else {
            throw .corrupt(path: file.path, chunk: "footer", offset: position, why: "it does not belong to this trace")
        }
        guard rest == size else { throw .truncated(path: file.path, what: "footer", offset: position) }
        hasFooter = true
    }

    private mutating func dropBad(_ tail: inout [ChunkHeader], _ file: TraceFile) {
        while let last = tail.last {
            do throws(TraceError) {
                _ = try file.payload(of: last)
                return
            } catch {
                obstacle = error
                position = last.position
                sequence = last.sequence
                if last.type == .root { (root, hasFooter) = (nil, false) }
                tail.removeLast()
            }
        }
    }

    /// Takes chunks up to the first that does not fit; returns whether all did.
    @discardableResult
    private mutating func take(_ headers: some Sequence<ChunkHeader>, _ file: TraceFile) -> Bool {
        for header in headers {
            do throws(TraceError) {
                try take(header, file)
            } catch {
                obstacle = error
                position = header.position
                sequence = header.sequence
                (root, hasFooter) = (nil, false)
                return false
            }
        }
        return true
    }

    private mutating func take(_ header: ChunkHeader, _ file: TraceFile) throws(TraceError) {
        guard header.firstEvent == nextEvent || header.type.isIndex else {
            throw file.corrupt(header, why: "events before it are missing")
        }
        switch header.type {
        case .events:
            let next = try file.decode(header) { () throws(ByteCodingError) in
                try EventOrdinal(decoding: nextEvent.rawValue + UInt64(header.count))
            }
            events.append(EventIndexEntry(firstEvent: nextEvent, position: header.position))
            nextEvent = next
        case .keyframe:
            let payload = try file.payload(of: header)
            let record = try file.decode(header) { () throws(ByteCodingError) in
                try KeyframeRecord(payload.rawSpan, at: header.position)
            }
            guard Int(record.number) == foundKeyframes.count else {
                throw file.corrupt(header, why: "keyframes are missing")
            }
            foundKeyframes.append(
                KeyframeIndexEntry(
                    event: header.firstEvent,
                    position: header.position,
                    kind: record.position,
                    digest: record.digest
                )
            )
        default:
            break
        }
    }
}

extension ChunkType {
    /// Index chunks may be anywhere; their first event is the first that they list.
    var isIndex: Bool { self == .eventIndex || self == .keyframeIndex }
}
