internal import Engine
internal import TraceFormat
internal import X86

extension FirstDifference: CustomStringConvertible {
    /// The whole report, in several lines. `A` is the first trace and `B` is the second.
    public var description: String {
        var lines = [headline]
        lines += first.lines(named: "A", kind)
        lines += second.lines(named: "B", kind)
        if !registers.isEmpty {
            lines.append("  registers that differ after it, A / B")
            lines += registers.map { "    \($0.field): \($0.expected) / \($0.actual)" }
        }
        if pageCount > 0 {
            lines.append("  memory: \(pageCount) \(pageCount == 1 ? "page differs" : "pages differ"), A / B")
            lines += pages.map { page in
                "    \(page.address): \(page.count) \(page.count == 1 ? "byte" : "bytes"), "
                    + "\(hex(page.expected)) / \(hex(page.actual))"
            }
        }
        for (name, side) in [("A", first), ("B", second)] where !side.context.isEmpty {
            lines.append("  the events before, in \(name)")
            lines += side.context.map { "    \($0)" }
        }
        lines += remarks.map { "  note: \($0)" }
        return lines.printableText
    }

    private var headline: String {
        switch kind {
        case .event: "the runs differ at \(places)"
        case .moment: "the runs are interrupted at different moments, \(places)"
        case .state where first.before == nil: "the runs start in different states"
        case .state: "the recorded states differ after equal events, at \(places)"
        }
    }

    /// Both moments, or a single one if they are equal.
    private var places: String {
        let (one, other) = (first.moment?.description ?? "the end", second.moment?.description ?? "the end")
        return one == other ? "moment \(one)" : "moment \(one) of A and \(other) of B"
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(separator: " ")
    }
}

extension FirstDifference.Side {
    fileprivate func lines(named name: String, _ kind: FirstDifference.Kind) -> [String] {
        var lines: [String] = []
        if kind == .state, account == nil {
            lines.append("  \(name)  keyframe \(keyframe.map { "\($0)" } ?? "none")")
        } else {
            lines.append("  \(name)  \(account ?? event.map { "\($0)" } ?? "nothing more: the trace ends")")
        }
        if let instruction {
            lines.append(
                "       \(event?.event.kind.isExit == false ? "came before" : "instruction")  \(instruction)"
            )
        }
        if let input, input != event { lines.append("       last input that differs  \(input)") }
        return lines
    }
}
