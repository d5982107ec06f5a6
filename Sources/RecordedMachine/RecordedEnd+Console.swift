public import TraceFormat

extension RecordedEnd {
    /// Whether the guest's last exit showed the rest of a text on the console.
    ///
    /// If the trace does not begin with the run, or the text is as long as a trace keeps, only the part that is there
    /// must match.
    public static func shows(_ text: String, in reader: TraceReader) throws(TraceError) -> Bool {
        let wanted = Array(text.utf8)
        var shown: [UInt8] = []
        // The last exit may show more after the text.
        var isPastExit = false
        var lastCount = 0
        _ = try reader.last(before: reader.events.upperBound) { recorded in
            let bytes = recorded.event.consoleBytes
            shown = bytes + shown
            if !isPastExit { lastCount = shown.count }
            isPastExit = isPastExit || recorded.event.kind.isExit
            return isPastExit && shown.count >= wanted.count + lastCount
        }
        guard lastCount > 0 else { return false }
        let firstEnd = max(shown.count - lastCount + 1, 0)
        return (firstEnd...shown.count).contains { end in
            let present = shown[..<end].suffix(wanted.count)
            if present.count == wanted.count { return present.elementsEqual(wanted) }
            return reader.events.lowerBound.rawValue > 0 && present.elementsEqual(wanted.suffix(present.count))
        }
    }
}
