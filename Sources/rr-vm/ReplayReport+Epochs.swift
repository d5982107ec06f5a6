import FoundationEssentials
import Replayer
import Reports
import TraceFormat

extension ReplayReport {
    /// A line for each epoch: its number, first and last event, how its end was reached, and the milliseconds it took.
    var epochTable: String {
        let rows =
            [["epoch", "from", "to", "end", "ms"]]
            + epochs.map { epoch in
                let ends = epoch.events
                let time = Int((epoch.seconds * 1000).rounded())
                return [
                    "\(epoch.number)", "\(ends.lowerBound)", "\(ends.upperBound)", epoch.ending.rawValue, "\(time)",
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
        }.printableText
    }

    /// How many epochs software executed in a replay on KVM, to follow the time.
    var landedWords: String {
        epochsLanded == 0 ? "" : "; \(Quantity.count(UInt64(epochsLanded))) of its epochs were executed in software"
    }

    /// Writes a line of JSON for each epoch, and one for the whole.
    func writeJSON(seconds: Double) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var output = StandardOutput()
        for epoch in epochs {
            try output.write(String(decoding: try encoder.encode(EncodedEpoch(epoch)), as: UTF8.self))
        }
        try output.write(String(decoding: try encoder.encode(EncodedReport(self, seconds)), as: UTF8.self))
        try output.flush()
    }
}

/// An epoch for programs.
private struct EncodedEpoch: Encodable {
    var epoch: Int
    var from: UInt64
    var to: UInt64
    var end: String
    var seconds: Double

    init(_ report: EpochReport) {
        epoch = report.number
        (from, to) = (report.events.lowerBound.rawValue, report.events.upperBound.rawValue)
        end = report.ending.rawValue
        seconds = report.seconds
    }
}

/// A whole replay for programs.
private struct EncodedReport: Encodable {
    var events: UInt64
    var epochsExecuted: Int
    var epochsInSoftware: Int
    var epochsJumped: Int
    var epochsUnproved: Int
    var keyframesPassed: Int
    var digest: String
    var remarks: [String]
    var seconds: Double

    init(_ report: ReplayReport, _ seconds: Double) {
        events = report.events
        epochsExecuted = report.epochsExecuted
        epochsInSoftware = report.epochsLanded
        epochsJumped = report.epochsJumped
        epochsUnproved = report.epochsUnproved
        keyframesPassed = report.keyframesPassed
        digest = "\(report.digest)"
        remarks = report.remarks
        self.seconds = seconds
    }
}
