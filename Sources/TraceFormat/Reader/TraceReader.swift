import ByteCoding
public import SystemPackage

/// Reads a trace. Copies share one open file, and may be used by several threads.
///
/// Opening reads the header and the index's root, whatever the size of the trace. A trace that has no end, because its
/// recorder was killed or still writes, is scanned instead, and read up to its last whole chunk.
public struct TraceReader: Sendable {
    /// What the trace says of itself.
    public let header: TraceHeader
    /// What is missing, in a sentence; nil for a trace that is whole.
    public let missing: String?
    /// Bytes that are there and are not what a writer wrote, as far as opening has met them. A file that just stops, as
    /// that of a recorder that was killed, has no fault.
    public let fault: TraceError?
    /// What is known of the end.
    private let end: EndRecord?
    /// Bytes of memory that a replay may fill with what the trace stores, or its guest writes. A small file may stand for all the
    /// memory of a large guest: so much is for whoever opens it to allow.
    public var memoryLimit: UInt64
    /// Whether a replay may go on where CPUID shows the guest other bits than in the recording: for whoever opens it to allow.
    public var allowsOtherCPUID = false
    let file: TraceFile
    let index: TraceIndex
    /// How many symbols there are, and where their chunks begin.
    private let symbolChunks: (count: Int, position: UInt64)
    /// How far a trace without an index was scanned.
    private let scan: TraceScan?

    /// Opens a trace.
    ///
    /// - Throws: `.notATrace`, `.otherVersion`, `.io`; `.truncated` or `.corrupt` where not even the header is whole.
    public init(path: FilePath) throws(TraceError) {
        try self.init(TraceSource(path: path))
    }

    /// Reads a trace that is open.
    ///
    /// - Throws: `.io`; `.truncated` or `.corrupt` where not even the header is whole.
    public init(_ source: TraceSource) throws(TraceError) {
        let file = source.file
        let (chunk, payload) = try file.chunk(.header, at: UInt64(FilePrefix.byteCount))
        let (header, symbolCount) = try file.decode(chunk) { () throws(ByteCodingError) in
            try TraceHeader.decode(payload.rawSpan, version: file.version)
        }
        guard chunk.firstEvent == header.firstEvent else {
            throw file.corrupt(chunk, why: "it begins with another event than its chunk does")
        }
        guard chunk.sequence == 0 else { throw file.corrupt(chunk, why: "chunks before it are missing") }
        let symbols = (count: symbolCount, position: chunk.position + UInt64(chunk.totalSize))
        try self.init(file, header, symbols, scan: TraceScan(after: chunk))
    }

    /// The trace as it is now: a trace that is being written has more events then. Goes on where this reader stopped.
    public func refreshed() throws(TraceError) -> TraceReader {
        guard let scan else { return self }
        return try TraceReader(TraceFile(again: file), header, symbolChunks, scan: scan)
    }

    /// The trace as its chunks show it, whatever its index says. All the same for a trace that is whole.
    public func scanned() throws(TraceError) -> TraceReader {
        let (chunk, _) = try file.chunk(.header, at: UInt64(FilePrefix.byteCount))
        return try TraceReader(file, header, symbolChunks, scan: TraceScan(after: chunk), usesIndex: false)
    }

    private init(
        _ file: TraceFile,
        _ header: TraceHeader,
        _ symbolChunks: (count: Int, position: UInt64),
        scan start: TraceScan,
        usesIndex: Bool = true
    ) throws(TraceError) {
        self.file = file
        self.header = header
        self.symbolChunks = symbolChunks
        memoryLimit = Self.defaultMemoryLimit(forFileOf: file.size)
        var indexFault: TraceError?
        do throws(TraceError) {
            if usesIndex, let index = try Self.storedIndex(of: file, firstEvent: header.firstEvent) {
                end = try Self.end(file, index, header)
                self.index = index
                (scan, fault, missing) = (nil, nil, nil)
                return
            }
        } catch {
            // Whatever is wrong with the index, the chunks can still be found without it.
            indexFault = error
        }
        var scan = start
        scan.run(file)
        index = TraceIndex(
            file: file,
            range: header.firstEvent..<scan.nextEvent,
            events: scan.events,
            keyframes: scan.keyframes
        )
        self.scan = scan
        var fault = scan.fault ?? indexFault
        do throws(TraceError) {
            end = try Self.end(file, index, header)
        } catch {
            end = nil
            fault = fault ?? error
        }
        self.fault = fault
        missing = Self.describe(scan, file, hasOutcome: end != nil, fault)
    }

    /// What may be filled without being told to: 1 GiB, or 64 times as much as the file has.
    private static func defaultMemoryLimit(forFileOf byteCount: UInt64) -> UInt64 {
        max(1 << 30, byteCount.multipliedReportingOverflow(by: 64).partialValue)
    }

    /// How the recording ended; nil where the end is missing.
    public var outcome: Outcome? { end?.outcome }
    /// How often each instruction that the recording's host cannot execute was completed for it, by name, since the
    /// recording began: however much of that the trace holds. No part of what a replay compares. Empty where there were none,
    /// where the end is missing, and in a stretch that ends before the recording did.
    public var completedInstructions: [String: UInt64] { end?.completedInstructions ?? [:] }

    /// The fault behind which events are lost: reading on from the last one that can be read throws it. Nil where every
    /// event is there, or the file just stops.
    public var loss: TraceError? { outcome == nil ? fault : nil }
    /// How many symbols its header says there are.
    var symbolCount: Int { symbolChunks.count }
    /// Where the chunks end of a trace without an index; nil where its root index is the last.
    var chunksEnd: UInt64? { scan?.position }
    /// Whether the recording was finished and the file has its end.
    public var isComplete: Bool { missing == nil }
    /// Whether its recorder still lives; true where nobody can tell, as on a file system without locks.
    public var isBeingWritten: Bool { file.isBeingWritten }
    /// Whether the file that this reader has open has no name any more: a ring's next file has taken its place, or it was
    /// removed.
    public var isNameless: Bool { file.isNameless }
    /// Where the trace is.
    public var path: FilePath { file.path }
    /// Bytes of the file when it was opened.
    public var byteCount: UInt64 { file.size }
    /// Events that can be read.
    public var eventCount: UInt64 { index.eventCount }
    /// The ordinals of the events that can be read.
    public var events: Range<EventOrdinal> { index.events }
    /// Keyframes that can be read.
    public var keyframeCount: Int { Int(index.keyframeCount) }

    /// Reads events in order, beginning with `first`, the first of the trace by default.
    public func events(from first: EventOrdinal? = nil) -> EventCursor {
        EventCursor(self, first ?? header.firstEvent)
    }

    /// Reads one event.
    ///
    /// - Throws: `.noSuchEvent`, or what reading can throw.
    public func event(at ordinal: EventOrdinal) throws(TraceError) -> RecordedEvent {
        var cursor = events(from: ordinal)
        guard let event = try cursor.next() else {
            throw .noSuchEvent(ordinal, first: header.firstEvent, count: eventCount)
        }
        return event
    }

    /// Names of the guest's code and data, if the recorder knew any.
    public func symbols() throws(TraceError) -> [GuestSymbol] {
        var symbols: [GuestSymbol] = []
        var position = symbolChunks.position
        var room = Limits.symbolBytes
        while symbols.count < symbolChunks.count {
            let (chunk, payload) = try file.chunk(.symbols, at: position)
            guard chunk.count <= symbolChunks.count - symbols.count else {
                throw .corrupt(path: path, chunk: chunk.type.name, offset: position, why: "bad number of symbols")
            }
            room -= payload.count
            guard room >= 0 else {
                throw .corrupt(path: path, chunk: chunk.type.name, offset: position, why: "the symbols are too long")
            }
            symbols += try file.decode(chunk) { () throws(ByteCodingError) in
                try GuestSymbol.decode(payload.rawSpan, count: chunk.count)
            }
            position += UInt64(chunk.totalSize)
        }
        return symbols
    }

    /// The index that the footer leads to; nil where the file does not end with a footer.
    private static func storedIndex(of file: TraceFile, firstEvent: EventOrdinal) throws(TraceError) -> TraceIndex? {
        let footerSize = UInt64(FileFooter.byteCount)
        guard file.size >= footerSize else { return nil }
        let bytes = try file.read(FileFooter.byteCount, at: file.size - footerSize, "footer")
        guard let footer = FileFooter(bytes.rawSpan, identity: file.identity, fileSize: file.size) else { return nil }
        let (header, payload) = try file.chunk(.root, at: footer.rootPosition)
        let root = try file.decode(header) { () throws(ByteCodingError) in
            try RootRecord(decoding: payload.rawSpan, at: footer.rootPosition)
        }
        guard root.isPlausible(from: firstEvent) else {
            throw file.corrupt(header, why: "it counts more than its index can list")
        }
        return TraceIndex(file: file, firstEvent: firstEvent, root: root)
    }

    private static func describe(
        _ scan: TraceScan,
        _ file: TraceFile,
        hasOutcome: Bool,
        _ fault: TraceError?
    ) -> String? {
        switch (fault, hasOutcome) {
        case (let fault?, true): return "the trace's index is of no use: \(fault.problem)"
        case (let fault?, false):
            return "the trace has no end: it was read up to event \(scan.nextEvent), because of \(fault.problem)"
        case (nil, true):
            return scan.hasFooter ? nil : "the trace has no end: its events are all there, its index is cut off"
        case (nil, false):
            if scan.hasFooter { return nil }
            let ending = "the trace has no end: it was read up to event \(scan.nextEvent)"
            let rest = file.size - scan.position
            return rest == 0 ? ending : "\(ending); \(rest) bytes after it are no whole chunk"
        }
    }

    private static func end(
        _ file: TraceFile,
        _ index: TraceIndex,
        _ header: TraceHeader
    ) throws(TraceError) -> EndRecord? {
        guard index.eventCount > 0 else { return nil }
        let last = EventOrdinal(index.events.upperBound.rawValue - 1)
        let (entry, end) = try index.eventStretch(with: last)
        guard entry.firstEvent == last else { return nil }
        var chunk = EventChunk(countsInstructions: header.recording.countsInstructions)
        try chunk.read(file, entry, to: end)
        return try chunk.end(of: file)
    }
}
