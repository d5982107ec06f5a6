public import ByteCoding
import Synchronization
public import SystemPackage
public import X86

/// Writes a trace. The recorder's side only copies into a ring; a thread of its own packs and writes.
///
/// Appending neither allocates nor locks. It waits where the ring is full: nothing is ever dropped. What was appended
/// is in the file after ``Options/flushInterval`` at the latest, whatever happens to this process then.
///
/// The file is called `PATH.part` until ``finish(_:time:)`` gives it its name. A writer that goes away without that
/// leaves a `PATH.part` which can be read up to its last event.
public struct TraceWriter: ~Copyable, Sendable {
    /// What can be chosen.
    public struct Options: Sendable {
        /// The longest time an event waits before it is written.
        public var flushInterval: Duration
        /// When what was written is brought to the disk.
        public var sync: SyncPolicy

        /// 50 milliseconds: about one part in a thousand of a processor is spent on an idle guest, and no one misses more.
        public init(flushInterval: Duration = .milliseconds(50), sync: SyncPolicy = .none) {
            self.flushInterval = flushInterval
            self.sync = sync
        }
    }

    private let thread: WriterThread
    private var put: UInt64 = 0
    private var putBytes: UInt64 = 0
    private var knownTaken: UInt64 = 0
    private var knownTakenBytes: UInt64 = 0
    private var isStopped = false

    /// The ordinal that the next event will get.
    public private(set) var nextEvent: EventOrdinal
    /// Keyframes appended so far; the number that the next will get.
    public private(set) var keyframeCount: UInt32 = 0

    /// Creates `path.part` and starts the writer's thread.
    ///
    /// - Throws: `.exists` where `path` or `path.part` exists, `.io` where the file cannot be created or written,
    ///   `.overLimit` and `.invalidHeader` where the header is not one that a reader would take.
    public init(
        path: FilePath,
        header: TraceHeader,
        symbols: [GuestSymbol] = [],
        options: Options = Options()
    ) throws(TraceError) {
        try self.init(sink: FileSink(path: path), header: header, symbols: symbols, options: options)
    }

    init(
        sink: any TraceSink,
        header: TraceHeader,
        symbols: [GuestSymbol] = [],
        options: Options = Options()
    ) throws(TraceError) {
        thread = try WriterThread.start(sink: sink, header: header, symbols: symbols, options: options)
        nextEvent = header.firstEvent
    }

    deinit {
        if !isStopped { thread.stop(.leave) }
    }

    /// Why nothing is written any more; nil as long as all is well. Cheap enough to ask after every event.
    ///
    /// The file holds everything up to the failure and can be read; what is appended after it is lost.
    public var failure: TraceError? {
        guard thread.hasFailed.load(ordering: .acquiring) else { return nil }
        return thread.result.withLock { $0.failure }
    }

    /// Bytes of the file so far.
    public var byteCount: UInt64 { thread.byteCount.load(ordering: .relaxed) }

    /// Appends an event and returns its ordinal. Keyframes and the end have calls of their own.
    ///
    /// A device access of more than 65536 bytes becomes several events; the ordinal is the last one's.
    ///
    /// - Parameters:
    ///   - rip: RIP as the exit reported it; 0 for events that are no exit.
    ///   - time: Milliseconds since the recording began.
    ///   - instructions: How many were executed since the event before, below 2^62; kept where the header says that they are
    ///     counted.
    @discardableResult
    public mutating func append(
        _ event: Event,
        rip: UInt64 = 0,
        time: UInt32,
        instructions: UInt64 = 0
    ) -> EventOrdinal {
        switch event {
        case .keyframe, .end:
            preconditionFailure("keyframes and the end are appended by calls of their own")
        case .deviceWrite(let address, let bytes):
            var start = 0
            repeat {
                let end = min(start + Limits.deviceWriteBytes, bytes.count)
                var record = EventRecord(event, rip: rip, time: time, payload: end - start)
                record.address = address.rawValue + UInt64(start)
                record.instructions = start == 0 ? instructions : 0
                put(bytes.rawSpan.extracting(start..<end))
                put(record)
                nextEvent.rawValue += 1
                start = end
            } while start < bytes.count
        case .deviceRead(let read):
            append(read, rip: rip, time: time, instructions: instructions)
        default:
            put(EventRecord(event, rip: rip, time: time, instructions: instructions, payload: 0))
            nextEvent.rawValue += 1
        }
        return EventOrdinal(nextEvent.rawValue - 1)
    }

    private mutating func append(_ read: DeviceRead, rip: UInt64, time: UInt32, instructions: UInt64) {
        for (place, part) in read.parts.enumerated() {
            put(part.payload.rawSpan)
            let count = place == 0 ? instructions : 0
            put(EventRecord(.deviceRead(part), rip: rip, time: time, instructions: count, payload: 0))
            nextEvent.rawValue += 1
        }
    }

    /// Hands over the content of a page that changed since the keyframe before, for the keyframe that is appended next.
    ///
    /// - Parameters:
    ///   - address: Guest-physical, a multiple of 4096, below 2^40.
    ///   - bytes: 4096 bytes.
    public mutating func addPage(_ address: GuestPhysicalAddress, _ bytes: RawSpan) {
        precondition(bytes.byteCount == Limits.pageBytes && address.rawValue < Limits.memoryTop)
        precondition(address.rawValue % UInt64(Limits.pageBytes) == 0)
        put(bytes)
        put(EventRecord(pageAt: address))
    }

    /// Appends a keyframe with the pages handed over since the one before, and returns its event's ordinal.
    ///
    /// The first one, with all pages that are not zero, is the state at the beginning.
    @discardableResult
    public mutating func appendKeyframe(
        _ position: KeyframePosition,
        state: ProcessorState,
        digest: StateDigest,
        time: UInt32,
        instructions: UInt64 = 0
    ) -> EventOrdinal {
        var writer = ByteWriter(capacity: 4096)
        state.encode(to: &writer)
        let encoded = writer.bytes
        precondition(encoded.count <= Limits.stateBytes)
        put(encoded.rawSpan)
        put(EventRecord(stateOf: encoded.count))
        let (processorDigest, memoryDigest) = EventRecord.digests(digest)
        put(processorDigest)
        put(memoryDigest)
        let event = Event.keyframe(number: keyframeCount, position)
        put(EventRecord(event, rip: 0, time: time, instructions: instructions, payload: 0))
        keyframeCount += 1
        nextEvent.rawValue += 1
        return EventOrdinal(nextEvent.rawValue - 1)
    }

    /// Appends the end, writes everything that is left and gives the file its name.
    ///
    /// - Parameter completedInstructions: how often each instruction was completed for the host, by a name of at most 32 small letters and
    ///   digits; at most 256, none of them 0 times.
    /// - Throws: ``failure``, if there is one; `.exists` where a file of that name has come up meanwhile. The trace is
    ///   then in `path.part`.
    @discardableResult
    public consuming func finish(
        _ outcome: Outcome,
        completedInstructions: [String: UInt64] = [:],
        time: UInt32,
        instructions: UInt64 = 0
    ) throws(TraceError) -> TraceSummary {
        let encoded = EndRecord(outcome: outcome, completedInstructions: completedInstructions).encoded
        put(encoded.rawSpan)
        put(EventRecord(.end(outcome), rip: 0, time: time, instructions: instructions, payload: encoded.count))
        isStopped = true
        thread.stop(.finish)
        let result = thread.result.withLock { $0 }
        if let failure = result.failure { throw failure }
        return TraceSummary(
            eventCount: result.eventCount,
            keyframeCount: result.keyframeCount,
            byteCount: byteCount
        )
    }

    /// Writes to `path`, and `path.part` until it is finished, from here on. An unfinished file of that name is
    /// replaced at once: there is one of that name at any moment. Waits until what was appended is written.
    ///
    /// - Throws: `.io`, or ``failure``; the file then keeps the name that it had.
    public mutating func replace(_ path: FilePath) throws(TraceError) {
        try thread.replace(path)
    }

    /// Stops and removes the file.
    public consuming func abandon() {
        isStopped = true
        thread.stop(.discard)
    }

    private mutating func put(_ record: EventRecord) {
        if put - knownTaken == UInt64(EventRing.recordCapacity) { waitForRecordRoom() }
        thread.ring.store(record, at: put)
        put += 1
        thread.ring.recordsPut.store(put, ordering: .releasing)
        if put % EventRing.wakeInterval == 0 { thread.ring.wake.post() }
    }

    /// The bytes of the record that is put next.
    private mutating func put(_ bytes: RawSpan) {
        if putBytes + UInt64(bytes.byteCount) - knownTakenBytes > UInt64(EventRing.byteCapacity) {
            waitForByteRoom(bytes.byteCount)
        }
        thread.ring.store(bytes, at: putBytes)
        putBytes += UInt64(bytes.byteCount)
    }

    private mutating func waitForRecordRoom() {
        knownTaken = thread.ring.recordsTaken.load(ordering: .acquiring)
        while put - knownTaken == UInt64(EventRing.recordCapacity) {
            thread.ring.waitForConsumer()
            knownTaken = thread.ring.recordsTaken.load(ordering: .acquiring)
        }
    }

    private mutating func waitForByteRoom(_ count: Int) {
        knownTakenBytes = thread.ring.bytesTaken.load(ordering: .acquiring)
        while putBytes + UInt64(count) - knownTakenBytes > UInt64(EventRing.byteCapacity) {
            thread.ring.waitForConsumer()
            knownTakenBytes = thread.ring.bytesTaken.load(ordering: .acquiring)
        }
    }
}
