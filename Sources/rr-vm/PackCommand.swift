import ArgumentParser
import Recorder
import SystemPackage
import TraceFormat

/// `rr-vm pack`.
struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Make a smaller copy of a trace: packed harder, or only a stretch of it that replays by itself.",
        discussion: """
            Events keep their numbers, also in a stretch. Keyframes that no replay needs are left out where others are near: \
            see --keyframes.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace to make; it is never overwritten.", valueName: "file"))
    var output: FilePath

    @Option(
        help: ArgumentHelp(
            "Begin with this event, or rather with the last keyframe at or before it.",
            valueName: "event"
        )
    )
    var from: UInt64?

    @Option(help: ArgumentHelp("End with this event.", valueName: "event"))
    var to: UInt64?

    @Option(
        help: ArgumentHelp(
            "Keep as long an end as fits into this size, with K, M or G; with --to, what comes before that event.",
            valueName: "size"
        )
    )
    var budget: ByteCount?

    @Option(
        help: ArgumentHelp(
            "How far apart to leave them: every=TIME, events=N, or both with a comma. events=1 leaves all.",
            discussion:
                "Going to a moment then takes at most so much longer. A deviceWrite of no bytes stands for each.",
            valueName: "when"
        )
    )
    var keyframes = KeyframeOption(policy: KeyframePolicy(nanoseconds: 1_000_000_000))

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output needs a file") }
        if let from, let to, from > to { throw ValidationError("--from \(from) is after --to \(to)") }
        if from != nil, budget != nil { throw ValidationError("--from and --budget exclude each other: give one") }
    }

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file) {
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

    /// What is to be kept; nil for all.
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
