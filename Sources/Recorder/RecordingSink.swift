internal import ByteCoding
internal import Devices
internal import Engine
internal import GuestMemory
internal import SystemPackage
internal import TraceFormat

/// Puts the events of a run into a trace: all of them, or the last stretch.
///
/// The last stretch is kept by writing two traces at once: ``successor`` began later. When it is long enough by itself, it
/// takes the place and the name of the first one, and another begins. So there is, at every moment and whatever happens to
/// this process, one file with the whole stretch.
struct RecordingSink: EventSink, ~Copyable {
    let path: FilePath
    private let header: TraceHeader
    private let symbols: [GuestSymbol]
    private let options: TraceWriter.Options
    private let ring: RingPolicy?
    private var writer: TraceWriter
    /// The file, open for reading at the end: this process may have no right to open it then.
    private var reading: FileDescriptor?
    private var successor: TraceWriter?
    /// Why no successor could begin.
    private var successorFailure: TraceError?
    /// When the youngest of the files began.
    private var youngestStart = MachineTime.start
    private var tracker = StateTracker(expectsRewrites: true)
    private var lastDigest = StateDigest(processor: .zero, memory: .zero)

    init(
        path: FilePath,
        header: TraceHeader,
        symbols: [GuestSymbol],
        sync: SyncPolicy,
        ring: RingPolicy?
    ) throws(TraceError) {
        self.path = path
        self.header = header
        self.symbols = symbols
        self.ring = ring
        options = TraceWriter.Options(sync: sync)
        writer = try TraceWriter(path: path, header: header, symbols: symbols, options: options)
        // Of a ring the file is another one by then.
        if ring == nil {
            reading = try? FileDescriptor.open(path.unfinished, .readOnly, options: .closeOnExec)
        }
    }

    var failure: TraceError? {
        if let failure = writer.failure { return failure }
        switch successor {
        case .some(let successor): return successor.failure
        case nil: return successorFailure
        }
    }

    var eventCount: UInt64 { writer.nextEvent.rawValue - header.firstEvent.rawValue }

    var byteCount: UInt64 { writer.byteCount }

    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime) {
        writer.append(event, rip: rip, time: time.milliseconds)
        successor?.append(event, rip: rip, time: time.milliseconds)
    }

    mutating func appendKeyframe<P: Processor & ~Copyable>(
        of processor: inout P,
        position: KeyframePosition,
        at time: MachineTime
    ) throws(EngineError) {
        let capture = try tracker.capture(&processor)
        // All that were written, so that a search for a write passes over the stretches in which there was none. Memory is all
        // zero before the first keyframe.
        let isFirst = writer.keyframeCount == 0
        do {
            for page in isFirst ? capture.changedPages : capture.writtenPages {
                try processor.memory.withPage(page) {
                    writer.addPage(page, $0)
                    successor?.addPage(page, $0)
                }
            }
        } catch {
            throw .memory(error)
        }
        let isSuccessorDue = isSuccessorDue(at: time)
        if isSuccessorDue { try beginSuccessor(processor.memory, at: time) }
        let (state, digest, milliseconds) = (capture.state, capture.digest, time.milliseconds)
        writer.appendKeyframe(position, state: state, digest: digest, time: milliseconds)
        // Nothing comes before the first keyframe of a file: a replay begins there and has not to get there.
        let successorPosition = isSuccessorDue ? .synchronous : position
        successor?.appendKeyframe(successorPosition, state: state, digest: digest, time: milliseconds)
        lastDigest = digest
    }

    /// Whether the youngest file holds as much as its successor may leave behind.
    private func isSuccessorDue(at time: MachineTime) -> Bool {
        guard writer.keyframeCount > 0, successorFailure == nil else { return false }
        switch ring {
        case nil: return false
        case .time(let nanoseconds): return time.nanoseconds(since: youngestStart) >= nanoseconds
        case .size(let bytes): return youngestByteCount >= bytes / 2
        }
    }

    private var youngestByteCount: UInt64 {
        switch successor {
        case .some(let successor): successor.byteCount
        case nil: writer.byteCount
        }
    }

    /// Lets the successor take the first file's place, and begins another at the keyframe that is being taken.
    private mutating func beginSuccessor(_ memory: GuestMemory, at time: MachineTime) throws(EngineError) {
        do throws(TraceError) {
            if var oldest = successor.take() {
                try oldest.replace(path)
                // What was the first file has no name any more, and is gone when its writer is.
                swap(&oldest, &writer)
            }
            var header = header
            header.firstEvent = writer.nextEvent
            let next = path.appendingSuffix(".next")
            successor = try TraceWriter(path: next, header: header, symbols: symbols, options: options)
        } catch {
            successorFailure = error
            return
        }
        youngestStart = time
        do {
            for page in tracker.knownPages.sorted() {
                try memory.withPage(page) { successor?.addPage(page, $0) }
            }
        } catch {
            throw .memory(error)
        }
    }

    /// Stops, and leaves no trace.
    consuming func abandon() {
        try? reading?.close()
        if let successor = successor.take() { successor.abandon() }
        writer.abandon()
    }

    /// Ends the trace and says what it has become. A trace that could not be finished keeps what it holds.
    ///
    /// - Returns: also the last events before the end, where the guest was at fault.
    consuming func finish(_ run: RunSummary) -> (trace: RunSummary.Trace, lastEvents: [RecordedEvent]) {
        // Of the successor, if of anything: a failure of the first file is thrown below.
        let (digest, path, failure, reading) = (lastDigest, path, failure, reading)
        if let successor = successor.take() { successor.abandon() }
        let time = UInt32(truncatingIfNeeded: Int(run.seconds * 1000))
        let trace: RunSummary.Trace
        do {
            let summary = try writer.finish(
                run.outcome,
                completedInstructions: run.completedInstructionsByName,
                time: time
            )
            trace = RunSummary.Trace(
                path: path,
                events: summary.eventCount,
                bytes: summary.byteCount,
                digest: digest,
                failure: failure
            )
        } catch {
            trace = RunSummary.Trace(path: path.unfinished, events: 0, bytes: 0, digest: digest, failure: error)
        }
        guard run.fault != nil, trace.failure == nil else {
            try? reading?.close()
            return (trace, [])
        }
        let source = reading.map { try? TraceSource(adopting: $0, path: path) } ?? (try? TraceSource(path: path))
        let reader = source.flatMap { try? TraceReader($0) }
        return (trace, reader?.lastEvents ?? [])
    }
}

extension TraceReader {
    /// The last events before the end. They are read from the trace, because to have them at hand would cost at every event.
    fileprivate var lastEvents: [RecordedEvent] {
        // Keyframes stand among them, one before each that comes between two exits.
        let distance = UInt64(FaultReport.eventLimit * 4)
        let (start, end) = (events.lowerBound.rawValue, events.upperBound.rawValue)
        var cursor = events(from: EventOrdinal(max(start, end - min(end, distance))))
        var last: [RecordedEvent] = []
        while let recorded = try? cursor.next() {
            switch recorded.event {
            case .keyframe, .end: continue
            default: last.append(recorded)
            }
        }
        return last.suffix(FaultReport.eventLimit)
    }
}

extension MachineTime {
    /// Milliseconds, as a trace keeps them.
    fileprivate var milliseconds: UInt32 { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000) }
}
