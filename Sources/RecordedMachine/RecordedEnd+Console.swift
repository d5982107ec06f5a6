public import TraceFormat

extension RecordedEnd {
    private static let lineEnd = UInt8(ascii: "\n")

    /// Whether the guest showed a text on its console's last line, or with the last event that showed something. A
    /// recording that stops at a text goes on to the end of the line.
    ///
    /// If the trace does not begin with the run, or the text is as long as a trace keeps, only the part that is there
    /// must match.
    public static func shows(_ text: String, in reader: TraceReader) throws(TraceError) -> Bool {
        let wanted = Array(text.utf8)
        // What was shown, from the last byte on.
        var backwards: [UInt8] = []
        var lastCount = 0
        /// The length of the last line, once the one before it has been found.
        var lineCount: Int?
        _ = try reader.last(before: reader.events.upperBound) { recorded in
            let bytes = recorded.event.consoleBytes
            guard !bytes.isEmpty else { return false }
            for byte in bytes.reversed() {
                if byte == lineEnd, lineCount == nil, !backwards.isEmpty { lineCount = backwards.count }
                backwards.append(byte)
            }
            if lastCount == 0 { lastCount = bytes.count }
            return lineCount.map { backwards.count >= wanted.count + max($0, lastCount) } ?? false
        }
        guard !backwards.isEmpty else { return false }
        let shown = Array(backwards.reversed())
        let firstEnd = shown.count - max(lineCount ?? shown.count, lastCount) + 1
        return (firstEnd...shown.count).contains { end in
            let present = shown[..<end].suffix(wanted.count)
            if present.count == wanted.count { return present.elementsEqual(wanted) }
            return reader.events.lowerBound.rawValue > 0 && present.elementsEqual(wanted.suffix(present.count))
        }
    }
}
