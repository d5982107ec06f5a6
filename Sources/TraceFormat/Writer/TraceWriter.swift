public import ByteCoding
import Synchronization
public import SystemPackage
public import X86

/// Writes a trace. The recorder's side only copies into a ring; a separate thread packs and writes.
///
/// Appending neither allocates nor locks. It waits if the ring is full: nothing is ever dropped. What was appended is
/// in the file after ``Options/flushInterval`` at the latest, whatever happens to this process after that.
///
/// The file is called `PATH.part` until ``finish(_:completedInstructions:readLeaves:time:instructions:)`` gives it its name. A
/// writer that is dropped without that leaves a `PATH.part` that can be read up to its last event.
public struct TraceWriter: ~Copyable, Sendable {
    /// The choices of whoever writes a trace.
    public struct Options: Sendable {
        /// The longest time an event waits before it is written.
        public var flushInterval: Duration
        /// When what was written is forced to disk.
        public var sync: SyncPolicy

        /// 50 milliseconds: this costs about a thousandth of a processor while the guest is idle, and nobody misses
        /// more.
        public init(flushInterval: Duration = .milliseconds(50), sync: SyncPolicy = .none) {
            self.flushInterval = flushInterval
            self.sync = sync
        }
    }

    private let thread: WriterThread
    /// The thread's: an event goes straight there.
    private let ring: EventRing
    private var put: UInt64 = 0
    private var putBytes: UInt64 = 0
    private var knownTaken: UInt64 = 0
    private var knownTakenBytes: UInt64 = 0
    private var isStopped = false

    /// The ordinal that the next event will get.
    public private(set) var nextEvent: EventOrdinal
    /// The number of keyframes appended so far, which is the number of the next one.
    public private(set) var keyframeCount: UInt32 = 0

    /// Creates `path.part` and starts the writer's thread.
    ///
    /// - Throws: `.exists` if `path` or `path.part` exists; `.io` if the file cannot be created or written;
    ///   `.overLimit` and `.invalidHeader` if no reader would accept the header.
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
        let thread = try WriterThread.start(sink: sink, header: header, symbols: symbols, options: options)
        self.thread = thread
        ring = thread.ring
        nextEvent = header.firstEvent
    }

    deinit {
        if !isStopped { thread.stop(.leave) }
    }

    /// Why nothing is written any more; nil as long as all is well. Cheap enough to check after every event.
    ///
    /// The file holds everything up to the failure and can be read; what is appended after it is lost.
    public var failure: TraceError? {
        guard thread.hasFailed.load(ordering: .acquiring) else { return nil }
        return thread.result.withLock { $0.failure }
    }

    /// The size of the file so far, in bytes.
    public var byteCount: UInt64 { thread.byteCount.load(ordering: .relaxed) }

    /// Appends an event and returns its ordinal. Keyframes and the end have their own calls.
    ///
    /// A device access of more than 65536 bytes becomes several events; the ordinal is that of the last one.
    ///
    /// - Parameters:
    ///   - rip: RIP as the exit reported it; 0 for events that are not exits.
    ///   - time: milliseconds since the recording began.
    ///   - instructions: how many were executed since the event before, below 2^62. It is kept if the header says that
    ///     instructions are counted.
    @discardableResult
    public mutating func append(
        _ event: Event,
        rip: UInt64 = 0,
        time: UInt32,
        instructions: UInt64 = 0
    ) -> EventOrdinal {
        switch event {
        case .keyframe, .end:
            preconditionFailure("keyframes and the end have their own calls")
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

    /// Appends an access to a port, as ``append(_:rip:time:instructions:)`` does.
    ///
    /// Most events are one. It goes into the ring without an ``Event``, whose cases have to be told apart again.
    public mutating func appendPortAccess(
        _ access: PortAccess,
        isWrite: Bool,
        rip: UInt64,
        time: UInt32,
        instructions: UInt64 = 0
    ) {
        put(EventRecord(access, isWrite: isWrite, rip: rip, time: time, instructions: instructions))
        nextEvent.rawValue += 1
    }

    private mutating func append(_ read: DeviceRead, rip: UInt64, time: UInt32, instructions: UInt64) {
        for (place, part) in read.parts.enumerated() {
            put(part.payload.rawSpan)
            let count = place == 0 ? instructions : 0
            put(EventRecord(.deviceRead(part), rip: rip, time: time, instructions: count, payload: 0))
            nextEvent.rawValue += 1
        }
    }

    /// Passes the content of a page that changed since the keyframe before, for the keyframe that is appended next.
    ///
    /// - Parameters:
    ///   - address: guest-physical, a multiple of 4096, below 2^40.
    ///   - bytes: 4096 bytes.
    public mutating func addPage(_ address: GuestPhysicalAddress, _ bytes: RawSpan) {
        precondition(bytes.byteCount == Limits.pageBytes && address.rawValue < Limits.memoryTop)
        precondition(address.rawValue % UInt64(Limits.pageBytes) == 0)
        put(bytes)
        put(EventRecord(pageAt: address))
    }

    /// Appends a keyframe with the pages that were passed since the one before, and returns its event's ordinal.
    ///
    /// The first keyframe, with all pages that are not zero, is the initial state.
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

    /// Appends the end, writes the rest and gives the file its name.
    ///
    /// - Parameter completedInstructions: how often each instruction was completed for the host. A name has at most 32
    ///   lower-case letters and digits; there are at most 256 names, and no count is 0.
    /// - Parameter readLeaves: the leaves of CPUID that the guest has read, at most 256; nil if they are not known.
    /// - Throws: ``failure``, if there is one; `.exists` if a file of that name has appeared meanwhile. The trace is
    ///   then in `path.part`.
    @discardableResult
    public consuming func finish(
        _ outcome: Outcome,
        completedInstructions: [String: UInt64] = [:],
        readLeaves: Set<UInt32>? = nil,
        time: UInt32,
        instructions: UInt64 = 0
    ) throws(TraceError) -> TraceSummary {
        let end = EndRecord(
            outcome: outcome,
            completedInstructions: completedInstructions,
            readLeaves: readLeaves
        )
        let encoded = end.encoded
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

    /// Writes to `path`, or to `path.part` until it is finished, from now on. This replaces an unfinished file of that
    /// name in one step, so that one exists at every moment. Waits until everything appended so far is written.
    ///
    /// - Throws: `.io`, or ``failure``; the file then keeps its name.
    public mutating func replace(_ path: FilePath) throws(TraceError) {
        try thread.replace(path)
    }

    /// Stops and removes the file.
    public consuming func abandon() {
        isStopped = true
        thread.stop(.discard)
    }

    @inline(__always)
    private mutating func put(_ record: EventRecord) {
        if put &- knownTaken == UInt64(EventRing.recordCapacity) { waitForRecordRoom() }
        ring.store(record, at: put)
        put &+= 1
        ring.recordsPut.store(put, ordering: .releasing)
        if put % EventRing.wakeInterval == 0 { ring.wake.post() }
    }

    /// Passes the bytes of the next record.
    private mutating func put(_ bytes: RawSpan) {
        if putBytes + UInt64(bytes.byteCount) - knownTakenBytes > UInt64(EventRing.byteCapacity) {
            waitForByteRoom(bytes.byteCount)
        }
        ring.store(bytes, at: putBytes)
        putBytes += UInt64(bytes.byteCount)
    }

    private mutating func waitForRecordRoom() {
        knownTaken = ring.recordsTaken.load(ordering: .acquiring)
        while put - knownTaken == UInt64(EventRing.recordCapacity) {
            ring.waitForConsumer()
            knownTaken = ring.recordsTaken.load(ordering: .acquiring)
        }
    }

    private mutating func waitForByteRoom(_ count: Int) {
        knownTakenBytes = ring.bytesTaken.load(ordering: .acquiring)
        while putBytes + UInt64(count) - knownTakenBytes > UInt64(EventRing.byteCapacity) {
            ring.waitForConsumer()
            knownTakenBytes = ring.bytesTaken.load(ordering: .acquiring)
        }
    }
}
