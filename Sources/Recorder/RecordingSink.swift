internal import ByteCoding
internal import Devices
internal import Engine
internal import GuestMemory
internal import SystemPackage
internal import TraceFormat

/// Writes the events of a run to a trace, either all of them or only the last part.
///
/// To keep the last part, it writes two traces at once. ``successor`` starts later than the first one. Once the
/// successor is long enough, it takes the place and the name of the first trace, and another successor starts. Whatever
/// happens to this process, one file therefore holds the whole last part at every moment.
struct RecordingSink: EventSink, ~Copyable {
    let path: FilePath
    private let header: TraceHeader
    private let symbols: [GuestSymbol]
    private let options: TraceWriter.Options
    private let ring: RingPolicy?
    private var writer: TraceWriter
    /// A descriptor for reading the file at the end. It is opened early, because this process may lose the right to
    /// open it.
    private var reading: FileDescriptor?
    private var successor: TraceWriter?
    /// Why no successor could be started, or nil.
    private var successorFailure: TraceError?
    /// When the newest of the files began.
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
        // With a ring, another file has replaced this one by the time it would be read.
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

    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime, instructions: UInt64) {
        writer.append(event, rip: rip, time: time.milliseconds, instructions: instructions)
        successor?.append(event, rip: rip, time: time.milliseconds, instructions: instructions)
    }

    mutating func appendPortAccess(
        _ access: PortAccess,
        isWrite: Bool,
        rip: UInt64,
        at time: MachineTime,
        instructions: UInt64
    ) {
        let milliseconds = time.milliseconds
        writer.appendPortAccess(
            access,
            isWrite: isWrite,
            rip: rip,
            time: milliseconds,
            instructions: instructions
        )
        successor?.appendPortAccess(
            access,
            isWrite: isWrite,
            rip: rip,
            time: milliseconds,
            instructions: instructions
        )
    }

    mutating func appendKeyframe<P: Processor & ~Copyable>(
        of processor: inout P,
        position: KeyframePosition,
        at time: MachineTime,
        instructions: UInt64
    ) throws(EngineError) {
        let capture = try tracker.capture(&processor)
        // Store every page that was written, changed or not. A search for a write can then skip the stretches without
        // one. Before the first keyframe, all memory is zero.
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
        writer.appendKeyframe(position, state: state, digest: digest, time: milliseconds, instructions: instructions)
        // Nothing precedes the first keyframe of a file. A replay starts there, so it does not have to find the
        // position.
        let successorPosition = isSuccessorDue ? .synchronous : position
        successor?.appendKeyframe(
            successorPosition,
            state: state,
            digest: digest,
            time: milliseconds,
            instructions: isSuccessorDue ? 0 : instructions
        )
        lastDigest = digest
    }

    /// Whether the newest file is long enough for another successor to start.
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

    /// Puts the successor in the first file's place, and starts another one at the keyframe that is being taken.
    private mutating func beginSuccessor(_ memory: GuestMemory, at time: MachineTime) throws(EngineError) {
        do throws(TraceError) {
            if var oldest = successor.take() {
                try oldest.replace(path)
                // The old first file no longer has a name. It disappears together with its writer.
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

    /// Stops, and leaves no trace behind.
    consuming func abandon() {
        try? reading?.close()
        if let successor = successor.take() { successor.abandon() }
        writer.abandon()
    }

    /// Finishes the trace and describes the result. If this fails, the trace keeps what it already holds.
    ///
    /// - Returns: the trace. If the guest was at fault, also the last events before the end.
    consuming func finish(_ run: RunSummary) -> (trace: RunSummary.Trace, lastEvents: [RecordedEvent]) {
        // Only a failure of the successor matters here, because `finish` throws a failure of the first file.
        let (digest, path, failure, reading) = (lastDigest, path, failure, reading)
        if let successor = successor.take() { successor.abandon() }
        let time = UInt32(truncatingIfNeeded: Int(run.seconds * 1000))
        let trace: RunSummary.Trace
        do {
            let summary = try writer.finish(
                run.outcome,
                completedInstructions: run.completedInstructionsByName,
                readLeaves: run.readLeaves,
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
    /// The last events before the end. They are read back from the trace, because keeping them at hand would slow down
    /// every event.
    fileprivate var lastEvents: [RecordedEvent] {
        // The trace also holds keyframes among the events: one before each event between two exits.
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
    /// The time in milliseconds, as a trace stores it.
    fileprivate var milliseconds: UInt32 { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000) }
}
