import ByteCoding
public import SystemPackage

/// Reads a trace. Copies of a reader share one open file and may be used on several threads.
///
/// Opening reads the header and the index's root, whatever the size of the trace. A trace without an end, because its
/// recorder was killed or is still writing, is scanned instead and read up to its last whole chunk.
public struct TraceReader: Sendable {
    /// The first bytes of every trace.
    public static var magic: [UInt8] { FilePrefix.magic }

    /// What the trace says about itself.
    public let header: TraceHeader
    /// What is missing, in a sentence; nil for a whole trace.
    public let missing: String?
    /// Damaged bytes that opening has found. A file that just stops, like that of a killed recorder, has no fault.
    public let fault: TraceError?
    /// What is known of the end.
    let end: EndRecord?
    /// How many bytes of memory a replay may fill with what the trace stores or its guest writes. A small file can
    /// expand to all the memory of a large guest, so whoever opens it must allow this.
    public var memoryLimit: UInt64
    /// Whether a replay may go on if CPUID shows the guest other bits than in the recording. Whoever opens the trace
    /// must allow this.
    public var allowsOtherCPUID = false
    /// Symbols that are not in the trace. Whoever opens it may know of some.
    public var addedSymbols: [GuestSymbol] = []
    /// Where the guest's code was compiled from. A trace does not say.
    public var sourceLines: (any SourceLines)?
    let file: TraceFile
    let index: TraceIndex
    /// The number of symbols, and the position of their chunks.
    private let symbolChunks: (count: Int, position: UInt64)
    /// How far a trace without an index was scanned.
    private let scan: TraceScan?

    /// Opens a trace.
    ///
    /// - Throws: `.notATrace`, `.otherVersion`, `.io`; `.truncated` or `.corrupt` if even the header is not whole.
    public init(path: FilePath) throws(TraceError) {
        try self.init(TraceSource(path: path))
    }

    /// Reads an open trace.
    ///
    /// - Throws: `.io`; `.truncated` or `.corrupt` if even the header is not whole.
    public init(_ source: TraceSource) throws(TraceError) {
        let file = source.file
        let (chunk, payload) = try file.chunk(.header, at: UInt64(FilePrefix.byteCount))
        let (header, symbolCount) = try file.decode(chunk) { () throws(ByteCodingError) in
            try TraceHeader.decode(payload.rawSpan, version: file.version)
        }
        guard chunk.firstEvent == header.firstEvent else {
            throw file.corrupt(chunk, why: "its first event is not that of its chunk")
        }
        guard chunk.sequence == 0 else { throw file.corrupt(chunk, why: "chunks before it are missing") }
        let symbols = (count: symbolCount, position: chunk.position + UInt64(chunk.totalSize))
        try self.init(file, header, symbols, scan: TraceScan(after: chunk))
    }

    /// The trace as it is now: one that is being written may have more events. Continues where this reader stopped.
    public func refreshed() throws(TraceError) -> TraceReader {
        guard let scan else { return self }
        return try TraceReader(TraceFile(again: file), header, symbolChunks, scan: scan)
    }

    /// The trace according to its chunks, whatever its index says. For a whole trace, this is the same.
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
            // Even if the index is bad, the chunks can be found without it.
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

    /// The default of ``memoryLimit``: 1 GiB, or 64 times the file's size if that is more.
    private static func defaultMemoryLimit(forFileOf byteCount: UInt64) -> UInt64 {
        max(1 << 30, byteCount.multipliedReportingOverflow(by: 64).partialValue)
    }

    /// How the recording ended; nil if the end is missing.
    public var outcome: Outcome? { end?.outcome }
    /// How often each instruction was completed that the recording's host cannot execute, by name. It counts from the
    /// beginning of the recording, even if the trace holds only a part of it. A replay does not compare it. Empty if no
    /// instruction was completed, if the end is missing, or in a stretch that ends before the recording did.
    public var completedInstructions: [String: UInt64] { end?.completedInstructions ?? [:] }
    /// The leaves of CPUID that the guest had read until the recording ended, from the beginning of the recording even if the trace
    /// holds only a part of it: the values of EAX, and where that names no leaf, the leaf that answered. Nil if nobody knows: KVM
    /// does not say, and the end may be missing or that of a stretch. A replay does not compare it.
    public var readLeaves: Set<UInt32>? { end?.readLeaves }

    /// The fault after which events are lost: reading on from the last readable one throws it. Nil if every event is
    /// there, or if the file just stops.
    public var loss: TraceError? { outcome == nil ? fault : nil }
    /// The number of symbols according to the header.
    var symbolCount: Int { symbolChunks.count }
    /// Where the chunks of a trace without an index end; nil if the root index is the last one.
    var chunksEnd: UInt64? { scan?.position }
    /// Whether the recording was finished and the file has its end.
    public var isComplete: Bool { missing == nil }
    /// Whether its recorder is alive; true if this cannot be told, as on a file system without locks.
    public var isBeingWritten: Bool { file.isBeingWritten }
    /// Whether this reader's file no longer has a name: a ring's next file has taken its place, or it was removed.
    public var isNameless: Bool { file.isNameless }
    /// The path of the trace.
    public var path: FilePath { file.path }
    /// The size of the file in bytes when it was opened.
    public var byteCount: UInt64 { file.size }
    /// The number of events that can be read.
    public var eventCount: UInt64 { index.eventCount }
    /// The ordinals of the events that can be read.
    public var events: Range<EventOrdinal> { index.events }
    /// The number of keyframes that can be read.
    public var keyframeCount: Int { Int(index.keyframeCount) }

    /// Reads events in order, beginning with `first` or the trace's first event.
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

    /// Names in the guest's code and data, if the recorder knew any, and ``addedSymbols``.
    public func symbols() throws(TraceError) -> [GuestSymbol] {
        let stored = try storedSymbols()
        guard !addedSymbols.isEmpty else { return stored }
        let present = Set(stored)
        return stored + addedSymbols.filter { !present.contains($0) }
    }

    private func storedSymbols() throws(TraceError) -> [GuestSymbol] {
        var symbols: [GuestSymbol] = []
        var position = symbolChunks.position
        var room = Limits.symbolBytes
        while symbols.count < symbolChunks.count {
            let (chunk, payload) = try file.chunk(.symbols, at: position)
            guard chunk.count <= symbolChunks.count - symbols.count else {
                throw .corrupt(
                    path: path,
                    chunk: chunk.type.name,
                    offset: position,
                    why: "it holds more symbols than the header says"
                )
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

    /// The index that the footer points to; nil if the file does not end with a footer.
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
            throw file.corrupt(header, why: "its counts are higher than its index can list")
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
        case (let fault?, true): return "the trace's index cannot be used: \(fault.problem)"
        case (let fault?, false):
            return "the trace has no end: it was read up to event \(scan.nextEvent), because of \(fault.problem)"
        case (nil, true):
            return scan.hasFooter ? nil : "the trace has no end: all its events are there, but its index is cut off"
        case (nil, false):
            if scan.hasFooter { return nil }
            let ending = "the trace has no end: it was read up to event \(scan.nextEvent)"
            let rest = file.size - scan.position
            return rest == 0 ? ending : "\(ending); the \(rest) bytes after it are not a whole chunk"
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
