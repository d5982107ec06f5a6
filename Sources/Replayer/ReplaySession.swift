internal import Digest
public import Engine
public import TraceFormat
internal import X86

/// Replays a trace in a fresh machine, from its first keyframe to its end, comparing everything that can be compared.
///
/// Every exit is compared (kind, port or address, size, data written, RIP), and at every keyframe the digest of the
/// processor and all memory. Inputs come from the trace alone: no device model takes part.
public struct ReplaySession<P: Processor & ~Copyable>: ~Copyable {
    var processor: P
    let reader: TraceReader
    var cursor: EventCursor
    var tracker = StateTracker()
    /// Memory at the keyframe that was met last; nil before the first, when it is all zero.
    var memoryKeyframe: KeyframeMemory?
    /// Pages whose content has changed since the last keyframe was met.
    var changedSinceKeyframe: Set<GuestPhysicalAddress> = []
    let landing: Landing
    /// Seconds that executing to one asynchronous moment may take before it is restored instead: at least so many, and so
    /// many times what it took in the recording.
    let landingBound = (seconds: 1.0, factor: 3.0)
    /// Privilege levels at which this host has proved unable to stop at a breakpoint.
    var deafPrivileges: Set<Int> = []
    var recent = RecentEvents()
    var report: ReplayReport

    /// Takes a processor with the trace's memory and profile, in any state.
    ///
    /// - Parameter landing: how to come to the moments at which the recording was interrupted between two exits.
    public init(_ reader: TraceReader, processor: consuming P, landing: Landing = .auto) {
        self.landing = landing
        self.processor = processor
        self.reader = reader
        cursor = reader.events()
        report = ReplayReport(outcome: reader.outcome, digest: StateDigest(processor: .zero, memory: .zero))
    }

    /// Runs to the end of the trace.
    ///
    /// - Parameter visit: is called with every event once it has been replayed.
    /// - Returns: the report, or the first divergence.
    public mutating func run(
        visit: (RecordedEvent) -> Void = { _ in }
    ) throws(ReplayError) -> Result<ReplayReport, Divergence> {
        do {
            while let recorded = try nextEvent() {
                try replay(recorded)
                recent.append(recorded)
                report.events += 1
                visit(recorded)
            }
            return .success(report)
        } catch {
            switch error {
            case .divergence(let divergence): return .failure(divergence)
            case .error(let error): throw error
            }
        }
    }

    /// The next event of the trace; nil after the last.
    mutating func nextEvent() throws(ReplayStop) -> RecordedEvent? {
        do { return try cursor.next() } catch { throw .error(.trace(error)) }
    }

    /// Brings the guest behind an event, from right behind the one before it.
    mutating func replay(_ recorded: RecordedEvent) throws(ReplayStop) {
        guard recorded.ordinal != reader.header.firstEvent || recorded.event.kind == .keyframe else {
            throw .error(.inconsistent(recorded.ordinal, "the trace does not begin with a keyframe"))
        }
        do {
            switch recorded.event {
            case .interrupt(let vector): try injectInterrupt(vector, recorded)
            case .nonMaskableInterrupt: try processor.injectNonMaskable()
            case .deviceWrite(let address, let bytes):
                try processor.completePendingAccess()
                try processor.memory.write(bytes, at: address)
            case .keyframe(let number, .synchronous): try compareState(keyframe: number, recorded)
            case .keyframe(let number, .asynchronous): try land(onKeyframe: number, recorded)
            case .end: break
            default: try replayExit(recorded)
            }
        } catch let stop as ReplayStop {
            throw stop
        } catch let error as EngineError {
            // What the trace writes to memory must be where the trace says that memory is.
            if case .outsideMemory = error { throw .error(.inconsistent(recorded.ordinal, "\(error)")) }
            throw .error(.engine(error))
        } catch {
            throw .error(.inconsistent(recorded.ordinal, "\(error)"))
        }
    }
}

/// Why a replay stops before the end of its trace.
enum ReplayStop: Error {
    case divergence(Divergence)
    case error(ReplayError)
}
