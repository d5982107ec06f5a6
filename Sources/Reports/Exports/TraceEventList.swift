/// The list of events in Chrome's trace event format, which Perfetto's viewer opens. All are of process 1.
struct TraceEventList {
    private var isFirst = true

    /// The opening of the object.
    ///
    /// - Parameter unit: what the viewer shows times in: `ms` or `ns`.
    func opening(unit: String) -> String { "{\"displayTimeUnit\":\"\(unit)\",\"traceEvents\":[\n" }

    /// The end of the object.
    var closing: String { "\n]}\n" }

    /// Gives the process or a track a name.
    ///
    /// - Parameter key: `process_name` or `thread_name`.
    mutating func name(_ key: String, track: Int, _ name: String) -> String {
        event(
            "{\"ph\":\"M\",\"name\":\"\(key)\",\"pid\":1,\"tid\":\(track),\"args\":{\"name\":\(JSONText.quoted(name))}}"
        )
    }

    /// Adds an object to the list.
    mutating func event(_ object: String) -> String {
        defer { isFirst = false }
        return isFirst ? object : ",\n" + object
    }

    /// The format's unit, with nanoseconds as decimals.
    static func microseconds(_ nanoseconds: UInt64) -> String {
        let rest = String(nanoseconds % 1000)
        return "\(nanoseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
}
