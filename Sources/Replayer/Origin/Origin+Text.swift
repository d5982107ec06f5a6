internal import TraceFormat
internal import X86

extension Origin {
    /// The way as lines for people: the value, then a line for each step and one for what it made of what. A step is indented only
    /// where the way divides.
    public func text(_ symbols: SymbolTable) -> String {
        var lines = value.map { source in
            "\(source.piece.name(symbols)) at moment \(moment)\(source.piece.shownValue): \(Self.references(source))"
        }
        var indents = [Int](repeating: 0, count: steps.count)
        for source in value { indent(source, 0, isAlone: value.count == 1 && source.steps.count == 1, &indents) }
        for (number, step) in steps.enumerated() {
            let followed = step.sources.filter { !$0.steps.isEmpty }
            let isAlone = followed.count == 1 && followed[0].steps.count == 1
            for source in followed { indent(source, indents[number], isAlone: isAlone, &indents) }
            let margin = String(repeating: "  ", count: min(indents[number], Self.deepestIndent))
            lines.append("\(margin)#\(number + 1)  \(step.moment)  \(step.what(symbols))")
            lines.append("\(margin)    \(step.explanation(symbols))")
        }
        return (lines + notes.map { "note: \($0)" }).printableText
    }

    private static let deepestIndent = 12

    private func indent(_ source: OriginStep.Source, _ present: Int, isAlone: Bool, _ indents: inout [Int]) {
        for number in source.steps { indents[number] = max(indents[number], isAlone ? present : present + 1) }
    }

    fileprivate static func references(_ source: OriginStep.Source) -> String {
        source.steps.isEmpty ? "not followed" : "by " + source.steps.map { "#\($0 + 1)" }.joined(separator: ", ")
    }
}

extension OriginPiece {
    /// ` = 2a 00`, or nothing if the value is not known.
    public var shownValue: String {
        guard let value else { return "" }
        if case .flags = location { return " = " + value.map { "\($0)" }.joined(separator: ", ") }
        let digits = value.prefix(Self.mostBytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return " = " + digits.joined(separator: " ") + (value.count > Self.mostBytes ? " ..." : "")
    }

    private static let mostBytes = 16
}

extension OriginStep {
    /// What wrote the bytes, in a line.
    public func what(_ symbols: SymbolTable) -> String {
        switch cause {
        case .instruction(let line): Self.text(of: line)
        case .exception(let vector, let line): "exception 0x\(String(vector, radix: 16)) at \(Self.text(of: line))"
        case .delivery(let event): "delivery of event \(event)"
        case .device(let event): "event \(event)"
        case .reset(let event): "reset, event \(event)"
        case .beginning: "the beginning of the trace"
        case .unknown: "the search ended here"
        }
    }

    private static func text(of line: CodeListing.Line?) -> String {
        line.map { "\($0)" } ?? "an instruction that cannot be read"
    }

    /// What it wrote, of what, and why the way ends here if it does.
    public func explanation(_ symbols: SymbolTable) -> String {
        let written = pieces.map { $0.name(symbols) + $0.shownValue }.joined(separator: "; ")
        let data = sources.filter { !$0.isSelector }.map { Self.text(of: $0, symbols) }
        let selectors = sources.filter(\.isSelector).map { Self.text(of: $0, symbols) }
        var parts = [written]
        if !data.isEmpty { parts.append("from " + data.joined(separator: "; ")) }
        if !selectors.isEmpty { parts.append("selected by " + selectors.joined(separator: "; ")) }
        parts += ends.map(\.text)
        let isShown = if case .device = cause { true } else { false }
        if !isShown { parts += events.map { "event \($0)" } }
        if isCut { parts.append("not followed further: --depth") }
        return parts.joined(separator: ", ")
    }

    private static func text(of source: Source, _ symbols: SymbolTable) -> String {
        let steps = source.steps.isEmpty ? "" : " (" + source.steps.map { "#\($0 + 1)" }.joined(separator: ", ") + ")"
        return source.piece.name(symbols) + source.piece.shownValue + steps
    }
}

extension OriginStep.End {
    /// In words.
    public var text: String {
        switch self {
        case .constant: "a constant of the instruction"
        case .zeroed: "cleared by the instruction"
        case .position: "the address of an instruction"
        case .input: "input"
        case .processor(let name?): "\(name), which is not followed"
        case .processor(nil): "from the processor"
        case .frame(let word): "pushed as \(word)"
        case .aside: "written by the processor for the instruction"
        case .initial: "there when the trace begins"
        case .tooFar(let count): "not written in the last \(count) instructions: not followed further back"
        case .listFull: "not followed further: --limit"
        }
    }
}
