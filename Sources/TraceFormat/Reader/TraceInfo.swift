public import ByteCoding

/// A trace in numbers: what `rr-vm info` shows.
public struct TraceInfo: Sendable {
    /// The version of the file's format.
    public var formatVersion: UInt32
    /// What the trace says about itself.
    public var header: TraceHeader
    /// How the recording ended; nil if the end is missing.
    public var outcome: Outcome?
    /// How often each instruction was completed for the recording's host, by name: see
    /// ``TraceReader/completedInstructions``.
    public var completedInstructions: [String: UInt64]
    /// The leaves of CPUID that the guest has read; nil if nobody knows: see ``TraceReader/readLeaves``.
    public var readLeaves: Set<UInt32>?
    /// What is missing, in a sentence.
    public var missing: String?
    /// The size of the file in bytes.
    public var byteCount: UInt64
    /// The number of events.
    public var eventCount: UInt64
    /// The number of events of each kind, if they were counted.
    public var kinds: [Event.Kind: UInt64]?
    /// The number of keyframes that a replay reaches by executing.
    public var synchronousKeyframes = 0
    /// The number of keyframes that were taken between two exits.
    public var asynchronousKeyframes = 0
    /// The number of resets of the machine, each of which has a keyframe.
    public var resets = 0
    /// Digest of the last keyframe's state.
    public var finalDigest: StateDigest?
    /// Milliseconds of host time from the first event to the last.
    public var duration: UInt32 = 0

    /// Reads the header, the keyframe index and the last event.
    ///
    /// - Parameter countsKinds: also read all events, and count them by kind.
    public init(_ reader: TraceReader, countsKinds: Bool = false) throws(TraceError) {
        // Events after bad bytes cannot be counted.
        if let loss = reader.loss { throw loss }
        formatVersion = reader.file.version
        header = reader.header
        outcome = reader.outcome
        completedInstructions = reader.completedInstructions
        readLeaves = reader.readLeaves
        missing = reader.missing
        byteCount = reader.byteCount
        eventCount = reader.eventCount
        if eventCount > 0 {
            duration = try reader.event(at: EventOrdinal(reader.events.upperBound.rawValue - 1)).time
        }
        for keyframe in try reader.keyframes {
            switch keyframe.position {
            case .synchronous: synchronousKeyframes += 1
            case .asynchronous: asynchronousKeyframes += 1
            case .reset: resets += 1
            }
            finalDigest = keyframe.digest
        }
        guard countsKinds else { return }
        var kinds: [Event.Kind: UInt64] = [:]
        var cursor = reader.events()
        while let event = try cursor.next() { kinds[event.event.kind, default: 0] += 1 }
        self.kinds = kinds
    }

    /// The size of guest memory in bytes.
    public var memorySize: UInt64 { header.machine.memory.filter { !$0.isReadOnly }.reduce(0) { $0 + $1.size } }
}

extension TraceInfo {
    /// One JSON object on one line.
    public var json: String {
        var text = TextBuffer(capacity: 1024, makesPrintable: true)
        text.beginObject()
        text.add("formatVersion", UInt64(formatVersion))
        text.add("created", UInt64(clamping: header.creationTime))
        text.add("recorder", header.recorder)
        text.add("guest", header.guest.name)
        text.add("guestDigest", "\(header.guest.imageDigest)")
        text.add("options", header.commandLine.joined(separator: " "))
        text.add("board", header.machine.board)
        text.add("memory", memorySize)
        text.add("profile", header.processor.profile)
        text.add("engine", header.recording.engine.name)
        text.add("recordingProcessor", "\(header.recording.processor)")
        text.add("countsInstructions", header.recording.countsInstructions)
        text.add("hostProcessor", header.host.processorModel)
        text.add("hostKernel", header.host.kernelRelease)
        text.add("hostModule", header.host.module)
        text.add("landing", header.landing.name)
        if let seed = header.chaosSeed { text.add("chaosSeed", seed) }
        text.add("patchedInstructions", UInt64(header.patches.count))
        text.add(
            "completedInstructions",
            completedInstructions.sorted(by: { $0.key < $1.key }).map { ($0.key, $0.value) }
        )
        text.add("bytes", byteCount)
        text.add("milliseconds", UInt64(duration))
        text.add("events", eventCount)
        if let kinds {
            for kind in Event.Kind.allCases { text.add(kind.word, kinds[kind] ?? 0) }
        }
        text.add("synchronousKeyframes", UInt64(synchronousKeyframes))
        text.add("asynchronousKeyframes", UInt64(asynchronousKeyframes))
        text.add("resets", UInt64(resets))
        if let finalDigest { text.add("finalDigest", "\(finalDigest)") }
        text.add("complete", missing == nil)
        if let outcome { text.add("outcome", "\(outcome)") }
        text.endObject()
        return text.string
    }
}
