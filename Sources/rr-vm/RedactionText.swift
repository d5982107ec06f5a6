import Replayer
import Reports
import TraceFormat

/// What `rr-vm redact` prints.
enum RedactionText {
    /// How many places are listed one by one.
    private static let listedPlaces = 8

    /// Every kind of input: how much there is of it, and at which events.
    static func lines(_ inputs: [RecordedInput]) -> [String] {
        InputKind.allCases.map { kind in
            let pieces = inputs.filter { $0.kind == kind }
            return row("\(kind)", pieces.isEmpty ? "nothing" : "\(amount(pieces)), at \(places(pieces))")
        }
    }

    /// What else is in a trace and is never blanked.
    static func lines(beyondInputsOf reader: TraceReader) throws(TraceError) -> [String] {
        guard reader.keyframeCount > 0 else { return [] }
        let pages = UInt64(try reader.keyframe(0).changedPages.count)
        let size = Quantity.bytes(pages * UInt64(KeyframeMemory.pageSize))
        return [
            row(
                "memory at start",
                "\(Quantity.count(pages)) pages, \(size): what was loaded, and any command line; never blanked"
            ),
            row("options", "\(reader.header.commandLine.joined(separator: " ")); never blanked"),
            row("code patches", "\(Quantity.count(UInt64(reader.header.patches.count))); never blanked"),
        ]
    }

    /// The result of a redaction.
    static func lines(_ report: RedactionReport, of reader: TraceReader) -> [String] {
        var lines = InputKind.allCases.compactMap { kind -> String? in
            let pieces = report.blanked.filter { $0.kind == kind }
            return pieces.isEmpty ? nil : row("blanked \(kind)", "\(amount(pieces)), at \(places(pieces))")
        }
        if report.blanked.isEmpty { lines.append(row("blanked", "nothing")) }
        for kind in InputKind.allCases { lines += self.lines(report.kept.filter { $0.input.kind == kind }, of: kind) }
        lines.append(row("replays", "every event, to the recording's last state"))
        lines.append(row("not replayed", changes(report, of: reader)))
        return lines
    }

    /// What was kept of one kind, and the reasons of the first pieces.
    private static func lines(_ kept: [KeptInput], of kind: InputKind) -> [String] {
        guard !kept.isEmpty else { return [] }
        let pieces = kept.map(\.input)
        var lines = [row("kept \(kind)", "\(amount(pieces)), at \(places(pieces))")]
        lines += kept.prefix(listedPlaces).map { "  \(place($0.input)): \($0.reason)" }
        if kept.count > listedPlaces {
            lines.append("  and \(kept.count - listedPlaces) more, each for a reason of its own")
        }
        return lines
    }

    private static func changes(_ report: RedactionReport, of reader: TraceReader) -> String {
        guard let first = report.changedKeyframes.first, let last = report.changedKeyframes.last else {
            return report.blanked.isEmpty
                ? "nothing" : "what the guest did with the blanked input; all keyframes are as recorded"
        }
        let (count, all) = (report.changedKeyframes.count, reader.keyframeCount)
        return "what the guest did with the blanked input; \(count) of \(all) keyframes, from event \(first) to event "
            + "\(last), differ from the recording or are left out"
    }

    private static func amount(_ pieces: [RecordedInput]) -> String {
        let count = Quantity.count(UInt64(pieces.count))
        return "\(count) \(pieces.count == 1 ? "piece" : "pieces"), \(bytes(pieces.reduce(0) { $0 + $1.byteCount }))"
    }

    private static func bytes(_ count: UInt64) -> String {
        count == 1 ? "1 byte" : Quantity.bytes(count)
    }

    private static func places(_ pieces: [RecordedInput]) -> String {
        let listed = pieces.prefix(listedPlaces).map { span($0) }.joined(separator: ", ")
        let word = pieces.count == 1 && pieces[0].events.lowerBound == pieces[0].events.upperBound ? "event" : "events"
        guard pieces.count > listedPlaces, let last = pieces.last else { return "\(word) \(listed)" }
        return "\(word) \(listed) and more, up to \(last.events.upperBound)"
    }

    private static func place(_ piece: RecordedInput) -> String {
        piece.events.lowerBound == piece.events.upperBound ? "event \(span(piece))" : "events \(span(piece))"
    }

    private static func span(_ piece: RecordedInput) -> String {
        let (first, last) = (piece.events.lowerBound, piece.events.upperBound)
        return first == last ? "\(first)" : "\(first)-\(last)"
    }

    private static func row(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 17 - name.count)) + value
    }
}
