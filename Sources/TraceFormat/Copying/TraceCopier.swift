import ByteCoding
import X86

/// Copies a trace, or a stretch of one, event by event.
struct TraceCopier {
    private let reader: TraceReader
    private let options: TraceCopyOptions
    private let first: EventOrdinal
    private let last: EventOrdinal?
    private var assembler: TraceAssembler
    /// The number of keyframes so far. A copy numbers its own from 0.
    private var keyframes: UInt32 = 0
    private var time: UInt32 = 0
    /// The last keyframe of the copied stretch.
    private let lastKeyframe: Int?
    /// The event of the last keyframe that was kept.
    private var lastTaken: RecordedEvent?
    /// Pages that changed for keyframes that have been left out since then.
    private var leftOutPages: Set<GuestPhysicalAddress> = []
    /// The instructions before keyframes that have been left out, which count for the next event.
    private var leftOutInstructions: UInt64 = 0
    /// Whether an error is about the copy and not about the trace.
    private var cannotWrite = false

    /// Begins the copy.
    init(_ reader: TraceReader, _ sink: any TraceSink, _ options: TraceCopyOptions) throws(TraceError) {
        self.reader = reader
        self.options = options
        if let events = options.events {
            for bound in [events.lowerBound, events.upperBound] where !reader.events.contains(bound) {
                throw .noSuchEvent(bound, first: reader.header.firstEvent, count: reader.eventCount)
            }
            let keyframe = try reader.keyframe(atOrBefore: events.lowerBound) ?? 0
            first = try reader.keyframeEntry(keyframe).event
            last = events.upperBound
        } else {
            first = reader.header.firstEvent
            last = nil
        }
        lastKeyframe =
            try last.map { last throws(TraceError) in try reader.keyframe(atOrBefore: last) }
            ?? reader.keyframeCount - 1
        var header = reader.header
        header.firstEvent = first
        if options.instructions != nil { header.recording.countsInstructions = true }
        assembler = try TraceAssembler(
            sink: sink,
            header: header,
            symbols: options.keepsUpToFault ? (try? reader.symbols()) ?? [] : reader.symbols(),
            effort: options.packsTightly ? .thorough : .quick,
            synchronizesEveryChunk: false
        )
    }

    /// Copies everything up to the requested end.
    mutating func run(_ change: (RecordedEvent) -> RecordedEvent) throws(TraceError) -> TraceCopy {
        var fault: TraceError?
        do throws(TraceError) {
            try copyEvents(change)
        } catch {
            guard options.keepsUpToFault, !cannotWrite else { throw error }
            fault = error
        }
        try assembler.finish()
        return TraceCopy(
            firstEvent: first,
            eventCount: assembler.eventCount,
            keyframeCount: assembler.keyframeCount,
            byteCount: assembler.byteCount,
            fault: fault
        )
    }

    private mutating func copyEvents(_ change: (RecordedEvent) -> RecordedEvent) throws(TraceError) {
        var cursor = reader.events(from: first)
        while var event = try cursor.next() {
            time = event.time
            if let counts = options.instructions {
                let place = Int(event.ordinal.rawValue - reader.header.firstEvent.rawValue)
                event.instructions = place < counts.count ? counts[place] : 0
            }
            if case .keyframe(let number, _) = event.event {
                let keyframe = try reader.keyframe(Int(number))
                let isNeeded = isNeeded(keyframe, event) || isReset(cursor)
                try isNeeded ? append(keyframe, event) : leaveOut(keyframe, event)
            } else {
                try append(change(event), end: end)
            }
            guard let last, event.ordinal == last else { continue }
            guard cursor.position < reader.events.upperBound || reader.outcome == nil else { return }
            return try append(RecordedEvent(ordinal: last, time: time, rip: 0, event: .end(.stopped(.cut))))
        }
    }

    /// What the trace's end says besides the outcome.
    private var end: EndRecord? {
        var end = reader.end
        if let leaves = options.readLeaves { end?.readLeaves = leaves }
        return end
    }

    private func isNeeded(_ keyframe: Keyframe, _ event: RecordedEvent) -> Bool {
        guard let spacing = options.spacing, let lastTaken, keyframe.position == .synchronous else { return true }
        return Int(keyframe.number) == lastKeyframe || spacing.isReached(by: event, since: lastTaken)
    }

    /// Whether the next event is a reset, after which the guest's state before it cannot be reached.
    private func isReset(_ cursor: EventCursor) -> Bool {
        var ahead = cursor
        guard case .keyframe(_, .reset)? = (try? ahead.next())?.event else { return false }
        return true
    }

    /// Appends an event in place of a keyframe. The pages that changed for it count as changed for the next one.
    private mutating func leaveOut(_ keyframe: Keyframe, _ recorded: RecordedEvent) throws(TraceError) {
        leftOutPages.formUnion(keyframe.changedPages)
        var replacement = recorded
        replacement.event = Event.leftOutKeyframe(in: reader.header.machine)
        replacement.instructions = 0
        try append(replacement)
        leftOutInstructions = min(leftOutInstructions + (recorded.instructions ?? 0), Limits.instructionCounts - 1)
    }

    /// Appends an event that is not a keyframe.
    ///
    /// - Parameter end: what goes with an end besides its outcome.
    private mutating func append(_ event: RecordedEvent, end: EndRecord? = nil) throws(TraceError) {
        let bytes = event.event.payload(end: end)
        let record = EventRecord(
            event.event,
            rip: event.rip,
            time: event.time,
            instructions: takeInstructions(of: event),
            payload: bytes.count
        )
        try put(record, bytes)
    }

    /// Appends a keyframe with the pages that changed for it; the first one with all pages.
    private mutating func append(_ keyframe: Keyframe, _ recorded: RecordedEvent) throws(TraceError) {
        let isFirst = keyframes == 0
        var memory = keyframe.memory
        var pages = leftOutPages.isEmpty ? keyframe.changedPages : leftOutPages.union(keyframe.changedPages).sorted()
        if isFirst, keyframe.number > 0 { pages = try memory.storedPages() }
        if options.keepsUpToFault {
            // Read them before anything of this keyframe is written.
            for address in pages { _ = try memory.page(at: address) }
        }
        for address in pages {
            try put(EventRecord(pageAt: address), memory.page(at: address))
        }
        var writer = ByteWriter(capacity: 4096)
        keyframe.state.encode(to: &writer)
        try put(EventRecord(stateOf: writer.bytes.count), writer.bytes)
        let (processor, digestOfMemory) = EventRecord.digests(keyframe.digest)
        try put(processor, [])
        try put(digestOfMemory, [])
        // Nothing comes before the first one: a replay begins there and does not have to reach it.
        let event = Event.keyframe(number: keyframes, isFirst ? .synchronous : keyframe.position)
        let own = takeInstructions(of: recorded)
        let count = isFirst ? 0 : own
        try put(EventRecord(event, rip: 0, time: time, instructions: count, payload: 0), [])
        keyframes += 1
        lastTaken = recorded
        leftOutPages.removeAll()
    }

    /// The count of an event in the copy. An input right after an exit has none of its own.
    private mutating func takeInstructions(of event: RecordedEvent) -> UInt64 {
        let own = event.instructions ?? 0
        guard own > 0 || event.event.kind.isExit || event.event.kind == .keyframe else { return 0 }
        defer { leftOutInstructions = 0 }
        return min(own + leftOutInstructions, Limits.instructionCounts - 1)
    }

    private mutating func put(_ record: EventRecord, _ bytes: [UInt8]) throws(TraceError) {
        do throws(TraceError) {
            try assembler.append(record, bytes.rawSpan)
        } catch {
            cannotWrite = true
            throw error
        }
    }
}

extension Event {
    /// The bytes that come with an event's record.
    ///
    /// - Parameter end: what goes with an end besides its outcome.
    func payload(end: EndRecord? = nil) -> [UInt8] {
        switch self {
        case .deviceWrite(_, let bytes): bytes
        case .deviceRead(let read): read.payload
        case .end(let outcome):
            EndRecord(
                outcome: outcome,
                completedInstructions: end?.completedInstructions ?? [:],
                readLeaves: end?.readLeaves
            ).encoded
        case .keyframe: preconditionFailure("an event cannot become a keyframe")
        default: []
        }
    }
}
