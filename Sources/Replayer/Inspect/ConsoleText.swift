public import TraceFormat

/// What the guest has written to its console.
public enum ConsoleText {
    /// The console bytes up to and including an event. Reads all events before it.
    public static func bytes(of reader: TraceReader, through last: EventOrdinal) throws(TraceError) -> [UInt8] {
        var bytes: [UInt8] = []
        var cursor = reader.events()
        while cursor.position <= last, let recorded = try cursor.next() {
            bytes += recorded.event.consoleBytes
        }
        return bytes
    }
}
