public import Replayer
internal import TraceFormat

extension ReplayReport {
    /// What was proved equal to the recording and what was not, one line each, with the numbers aligned.
    public var counts: String {
        var lines = ["epochs executed again  \(epochsExecuted)"]
        if keyframesPassed > 0 {
            lines.append(
                "  \(keyframesPassed): executed past their ends, where the guest is given nothing, to the next one"
            )
        }
        lines.append("epochs jumped          \(epochsJumped)")
        if epochsUnproved > 0 { lines.append("epochs unproved        \(epochsUnproved), \(unprovedEpochs)") }
        lines += JumpReason.allCases.compactMap { reason in
            jumps[reason].map { "  \($0): \(reason.words)" }
        }
        if accessedBits > 0 {
            lines.append("accessed bits ignored  \(accessedBits): page-table entries that differed in nothing else")
        }
        return lines.printableText
    }

    /// The numbers of the epochs that are unproved, as far as they fit in a line.
    public var unprovedEpochs: String {
        let numbers = epochs.filter { $0.ending == .unproved }.map { "\($0.number)" }
        let listed = numbers.prefix(Self.listedEpochs).joined(separator: ", ")
        return "by number: \(listed)\(numbers.count > Self.listedEpochs ? ", ..." : "")"
    }

    private static let listedEpochs = 20

    /// One line for a person.
    public func summary(seconds: Double) -> String {
        let unproved = epochsUnproved == 0 ? "" : ", \(epochsUnproved) epochs unproved"
        let jumps = epochsJumped == 0 ? "" : " (\(epochsJumped) by restoring, not by executing\(unproved))"
        let end = outcome.map { "; \($0)" } ?? "; the trace has no end"
        return
            "\(Quantity.count(events)) events replayed in \(Quantity.seconds(seconds)), equal to the recording\(jumps)\(end)"
    }
}
