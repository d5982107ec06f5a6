import ByteCoding
import Glibc
import Synchronization
import SystemPackage

/// The thread that takes records from a ring and assembles the file.
final class WriterThread: @unchecked Sendable {
    /// What the thread must do when the ring is empty.
    enum Command: UInt8, AtomicRepresentable {
        /// Wait for more.
        case run
        /// Finish the file and end.
        case finish
        /// Leave the file unfinished and end.
        case leave
        /// Remove the file and end.
        case discard
    }

    /// The result of its work.
    struct Result {
        var failure: TraceError?
        var eventCount: UInt64 = 0
        var keyframeCount: UInt64 = 0
    }

    let sink: any TraceSink
    let ring = EventRing()
    let hasFailed = Atomic<Bool>(false)
    let byteCount: Atomic<UInt64>
    let result = Mutex(Result())

    private let command = Atomic<Command>(.run)
    /// Set to ask that everything passed so far be written; cleared when it is.
    private let flushRequest = Atomic<Bool>(false)
    private let flushed = WakeSignal()
    private let flushNanoseconds: UInt64
    private let sync: SyncPolicy
    // Used only by the thread itself, from its start to its end.
    private var assembler: TraceAssembler
    private var taken: UInt64 = 0
    private var takenBytes: UInt64 = 0
    // Used only by the thread that starts and joins.
    private var thread = pthread_t()

    /// The time between two synchronisations under ``SyncPolicy/interval``.
    private static let syncNanoseconds: UInt64 = 1_000_000_000

    /// Begins the file and starts the thread. If either fails, the file is removed again.
    static func start(
        sink: any TraceSink,
        header: TraceHeader,
        symbols: [GuestSymbol],
        options: TraceWriter.Options
    ) throws(TraceError) -> WriterThread {
        do throws(TraceError) {
            let assembler = try TraceAssembler(
                sink: sink,
                header: header,
                symbols: symbols,
                synchronizesEveryChunk: options.sync == .every
            )
            if options.sync != .none { try sink.synchronizeName() }
            let thread = WriterThread(assembler: assembler, sink: sink, options: options)
            try thread.start()
            return thread
        } catch {
            sink.discard()
            throw error
        }
    }

    private init(assembler: TraceAssembler, sink: any TraceSink, options: TraceWriter.Options) {
        self.assembler = assembler
        self.sink = sink
        let (seconds, attoseconds) = options.flushInterval.components
        flushNanoseconds = UInt64(max(seconds, 0)) * 1_000_000_000 + UInt64(max(attoseconds, 0)) / 1_000_000_000
        sync = options.sync
        byteCount = Atomic(assembler.byteCount)
    }

    private func start() throws(TraceError) {
        let argument = unsafe Unmanaged.passRetained(self)
        // SAFETY: the thread takes over the reference that was retained for it.
        let error = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                unsafe Unmanaged<WriterThread>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            },
            argument.toOpaque()
        )
        guard error == 0 else {
            unsafe argument.release()
            throw .noThread(errno: error)
        }
    }

    /// Tells the thread to end, and waits until it has.
    func stop(_ last: Command) {
        command.store(last, ordering: .releasing)
        ring.wake.post()
        // SAFETY: the thread was started, and is joined once, because every call that stops it consumes its owner.
        _ = pthread_join(thread, nil)
    }

    /// Gives the unfinished file another name: see ``TraceSink/replace(_:)``. Everything passed so far is written
    /// first: the file that it replaces may have been on disk, and must not be replaced by less.
    func replace(_ path: FilePath) throws(TraceError) {
        flushRequest.store(true, ordering: .releasing)
        ring.wake.post()
        while flushRequest.load(ordering: .acquiring) { flushed.wait(nanoseconds: 10_000_000) }
        if let failure = result.withLock({ $0.failure }) { throw failure }
        try sink.replace(path)
        if sync != .none { try sink.synchronizeName() }
    }

    private func run() {
        var schedule = FlushSchedule(
            flushInterval: flushNanoseconds,
            syncInterval: sync == .none ? nil : Self.syncNanoseconds,
            start: Self.now()
        )
        while true {
            // Read this first, so that the drain below sees what was passed before the command.
            let last = command.load(ordering: .acquiring)
            let isFlushRequested = flushRequest.load(ordering: .acquiring)
            drain()
            if isFlushRequested { answerFlushRequest() }
            guard last == .run else { return end(last) }
            flushIfDue(&schedule)
            ring.wake.wait(nanoseconds: schedule.sleep(at: Self.now()))
        }
    }

    private func drain() {
        let put = ring.recordsPut.load(ordering: .acquiring)
        var buffer: [UInt8] = []
        var freed = (records: 0, bytes: 0)
        while taken < put {
            let (count, bytes) = ring.withRecords(from: taken, to: put) { take($0, &buffer) }
            taken += UInt64(count)
            freed.records += count
            freed.bytes += bytes
            // Returning places one by one would make two processors fight over one cache line, and waking a waiting
            // producer for each place would make it wait again at once.
            if freed.records >= EventRing.roomRecords || taken == put || freed.bytes >= EventRing.roomInterval {
                freed = (0, 0)
                ring.recordsTaken.store(taken, ordering: .releasing)
                ring.room.post()
            }
        }
        byteCount.store(assembler.byteCount, ordering: .relaxed)
    }

    /// Assembles the first of some records: all plain events that come before anything else, or one record with its
    /// bytes.
    ///
    /// - Parameter buffer: room for the bytes.
    /// - Returns: how many records it took, and how many bytes.
    private func take(_ records: Span<EventRecord>, _ buffer: inout [UInt8]) -> (count: Int, bytes: Int) {
        var count = 0
        attempt { assembler throws(TraceError) in count = try assembler.appendPlain(records) }
        guard count == 0 else { return (count, 0) }
        let record = records[0]
        buffer.removeAll(keepingCapacity: true)
        if record.payloadSize > 0 {
            ring.copyBytes(at: takenBytes, count: record.payloadSize, to: &buffer)
            takenBytes += UInt64(record.payloadSize)
            ring.bytesTaken.store(takenBytes, ordering: .releasing)
        }
        attempt { assembler throws(TraceError) in try assembler.append(record, buffer.rawSpan) }
        return (1, buffer.count)
    }

    private func answerFlushRequest() {
        attempt { assembler throws(TraceError) in try assembler.flush() }
        flushRequest.store(false, ordering: .releasing)
        flushed.post()
    }

    private func flushIfDue(_ schedule: inout FlushSchedule) {
        let now = Self.now()
        if schedule.takeFlush(at: now) {
            attempt { assembler throws(TraceError) in try assembler.flush() }
            byteCount.store(assembler.byteCount, ordering: .relaxed)
        }
        if schedule.takeSync(at: now) {
            attempt { _ throws(TraceError) in try sink.synchronize() }
        }
    }

    private func end(_ command: Command) {
        if command == .discard {
            sink.discard()
            return
        }
        attempt { assembler throws(TraceError) in
            guard command == .finish else { return try assembler.flush() }
            try assembler.finish()
            if sync != .none { try sink.synchronize() }
            try sink.publish()
            if sync != .none { try sink.synchronizeName() }
        }
        byteCount.store(assembler.byteCount, ordering: .relaxed)
        result.withLock {
            $0.eventCount = assembler.eventCount
            $0.keyframeCount = assembler.keyframeCount
        }
    }

    /// Does something that can fail. After the first failure nothing more is written, but records are still taken, so
    /// that the recorder never waits for a writer that has given up.
    private func attempt(_ body: (inout TraceAssembler) throws(TraceError) -> Void) {
        guard !hasFailed.load(ordering: .relaxed) else { return }
        do throws(TraceError) {
            try body(&assembler)
        } catch {
            result.withLock { $0.failure = error }
            hasFailed.store(true, ordering: .releasing)
        }
    }

    private static let start = ContinuousClock.now

    /// Nanoseconds since the first call, on a clock that cannot be set.
    private static func now() -> UInt64 {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
