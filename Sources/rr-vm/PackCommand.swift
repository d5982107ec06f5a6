import ArgumentParser
import Recorder
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm pack`.
struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Make a smaller copy of a trace: compressed harder, or only a stretch of it that replays by itself.",
        discussion: """
            Events keep their numbers, even in a stretch. A keyframe that no replay needs is left out if another is near: \
            see --keyframes.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace to make; it is never overwritten.", valueName: "file"))
    var output: FilePath

    @Option(
        help: ArgumentHelp(
            "Begin at the last keyframe at or before this event.",
            valueName: "event"
        )
    )
    var from: UInt64?

    @Option(help: ArgumentHelp("End with this event.", valueName: "event"))
    var to: UInt64?

    @Option(
        help: ArgumentHelp(
            "Keep as many of the last events, up to --to, as fit into this size, with K, M or G.",
            valueName: "size"
        )
    )
    var budget: ByteCount?

    @Option(
        help: ArgumentHelp(
            "How far apart to keep keyframes: every=TIME, events=N, or both with a comma. events=1 keeps all.",
            discussion:
                "Seeking then takes at most that much longer. An empty deviceWrite replaces each keyframe that is left out.",
            valueName: "when"
        )
    )
    var keyframes = KeyframeOption(policy: KeyframePolicy(nanoseconds: 1_000_000_000))

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output needs a file") }
        if let from, let to, from > to { throw ValidationError("--from \(from) is after --to \(to)") }
        if from != nil, budget != nil { throw ValidationError("--from and --budget exclude each other: give one") }
        if budget?.rawValue == 0 { throw ValidationError("--budget needs a size above 0, as in 64M") }
    }

    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file, symbols: symbols) {
            confinement.keepDirectories(of: [output], machines: nil)
        }
        let copy: TraceCopy
        do {
            var options = TraceCopyOptions(packsTightly: true, spacing: KeyframeSpacing(keyframes.policy))
            options.events = try stretch(of: reader, options)
            copy = try reader.copy(to: output, options: options)
        } catch {
            throw CommandFailure(error)
        }
        StandardError.write(
            "rr-vm: \(Quantity.count(copy.eventCount)) of \(Quantity.count(reader.eventCount)) events from event "
                + "\(copy.firstEvent) on, \(Quantity.bytes(copy.byteCount)) of \(Quantity.bytes(reader.byteCount)), in \(output)"
        )
    }

    /// The events to keep; nil for all.
    private func stretch(
        of reader: TraceReader,
        _ options: TraceCopyOptions
    ) throws(TraceError) -> ClosedRange<EventOrdinal>? {
        guard from != nil || to != nil || budget != nil else { return nil }
        let end = reader.events.upperBound
        let last = EventOrdinal(to ?? end.rawValue - min(end.rawValue, 1))
        var first = from.map { EventOrdinal($0) } ?? reader.header.firstEvent
        if let budget { first = try reader.longestTail(within: budget.rawValue, to: last, options: options) }
        guard first <= last else {
            throw .noSuchEvent(first, first: reader.header.firstEvent, count: reader.eventCount)
        }
        return first...last
    }
}

extension KeyframeSpacing {
    /// What `--keyframes` says.
    fileprivate init(_ policy: KeyframePolicy) {
        self.init(
            milliseconds: policy.nanoseconds.map { UInt32(clamping: $0 / 1_000_000) },
            events: policy.events
        )
    }
}
