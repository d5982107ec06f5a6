import ArgumentParser
import SystemPackage
import TraceFormat

/// `rr-vm pack`.
struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Make a smaller copy of a trace: packed harder, or only a stretch of it that replays by itself.",
        discussion: "Events keep their numbers, also in a stretch."
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace to make; it is never overwritten.", valueName: "file"))
    var output: String

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

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output needs a file") }
        if let from, let to, from > to { throw ValidationError("--from \(from) is after --to \(to)") }
        if from != nil, budget != nil { throw ValidationError("--from and --budget exclude each other: give one") }
    }

    func run() throws {
        let reader = try TraceLocation.open(file)
        let copy: TraceCopy
        do {
            copy = try reader.copy(
                to: FilePath(output),
                options: TraceCopyOptions(events: stretch(of: reader), packsTightly: true)
            )
        } catch {
            throw CommandFailure(error)
        }
        StandardError.write(
            """
            rr-vm: \(Quantity.count(copy.eventCount)) of \(Quantity.count(reader.eventCount)) events from event \
            \(copy.firstEvent) on, \(Quantity.bytes(copy.byteCount)) of \(Quantity.bytes(reader.byteCount)), in \(output)
            """
        )
    }

    /// What is to be kept; nil for all.
    private func stretch(of reader: TraceReader) throws(TraceError) -> ClosedRange<EventOrdinal>? {
        guard from != nil || to != nil || budget != nil else { return nil }
        let end = reader.events.upperBound
        let last = EventOrdinal(to ?? end.rawValue - min(end.rawValue, 1))
        var first = from.map { EventOrdinal($0) } ?? reader.header.firstEvent
        if let budget { first = try reader.longestTail(within: budget.rawValue, to: last) }
        guard first <= last else {
            throw .noSuchEvent(first, first: reader.header.firstEvent, count: reader.eventCount)
        }
        return first...last
    }
}
