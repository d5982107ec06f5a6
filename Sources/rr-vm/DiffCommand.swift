import ArgumentParser
import Replayer
import Reports
import SystemPackage
import TraceFormat
import X86

/// `rr-vm diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract:
            "Show where two traces differ: the first difference in header, events and keyframes, and a count of the rest.",
        discussion: "Host time is not compared. Exit status 0 if nothing differs, 1 if something does."
    )

    @Argument(help: "One trace.")
    var left: FilePath

    @Argument(help: "The other trace.")
    var right: FilePath

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let (left, right) = try TraceLocation.open(left, right) { confinement.keepOpenFiles(machines: nil) }
        var output = StandardOutput()
        let comparison: TraceDiff
        do {
            comparison = try TraceDiff(left, right)
            for line in try Self.lines(comparison, left, right) { try output.write(line) }
        } catch let error as TraceError {
            throw CommandFailure(error)
        }
        try output.flush()
        guard comparison.isEqual else { throw CommandFailure(.different, "the traces differ") }
    }

    private static func lines(
        _ comparison: TraceDiff,
        _ left: TraceReader,
        _ right: TraceReader
    ) throws -> [String] {
        var lines: [String] = []
        for field in comparison.fields {
            lines += ["header: \(field.name)", "  < \(field.left)", "  > \(field.right)"]
        }
        if let events = comparison.firstEvents {
            lines += ["first event that differs", "  < \(text(events.left))", "  > \(text(events.right))"]
        }
        if let keyframes = comparison.firstKeyframes {
            lines += try state(left.keyframe(keyframes.left), right.keyframe(keyframes.right))
        }
        let (leftOnly, rightOnly) = (comparison.eventsOnlyLeft, comparison.eventsOnlyRight)
        lines.append(
            "events: \(Quantity.count(comparison.equalEvents)) equal, \(Quantity.count(comparison.differentEvents)) different"
                + ", \(Quantity.count(leftOnly)) only in the first, \(Quantity.count(rightOnly)) only in the second"
        )
        lines.append(
            "keyframes: \(comparison.equalKeyframes) equal, \(comparison.differentKeyframes) different, "
                + "\(comparison.unpairedKeyframes) at events where the other trace has none"
        )
        return lines
    }

    private static func text(_ event: RecordedEvent?) -> String {
        event.map { "\($0)" } ?? "the trace has ended"
    }

    /// Two keyframes' differences: registers, and how many pages.
    private static func state(_ left: Keyframe, _ right: Keyframe) throws -> [String] {
        var lines = ["first keyframe that differs: at event \(left.event)"]
        lines += left.state.differences(to: right.state).map { "  \($0.field): < \($0.expected)  > \($0.actual)" }
        var (ours, theirs) = (left.memory, right.memory)
        let candidates = try ours.pages(thatMayDifferFrom: nil).union(theirs.pages(thatMayDifferFrom: nil))
        // In ascending order, because neighbouring pages are usually in the same chunk.
        let pages = try candidates.sorted().filter { try ours.page(at: $0) != theirs.page(at: $0) }
        if let first = pages.first {
            lines.append(
                "  memory: \(pages.count) \(pages.count == 1 ? "page differs" : "pages differ"), the first at \(first)"
            )
        }
        return lines
    }
}
