public import TraceFormat

/// What the guest had shown on its console.
public enum ConsoleText {
    /// The bytes up to and with an event. Reads all events before it.
    public static func bytes(of reader: TraceReader, through last: EventOrdinal) throws(TraceError) -> [UInt8] {
        var bytes: [UInt8] = []
        var cursor = reader.events()
        while cursor.position <= last, let recorded = try cursor.next() {
            bytes += recorded.event.consoleBytes
        }
        return bytes
    }
}
