public import TraceFormat
public import X86

/// A moment as users write it.
public enum MomentName: Hashable, Sendable {
    /// `E` or `E+S`: event `E`, or `S` instructions after it.
    case moment(Moment)
    /// `end`: after the last event.
    case end
    /// `-N`: N events before the last one.
    case beforeEnd(UInt64)
    /// `12.5s`: after the last event that was recorded by then. The value is in milliseconds.
    case time(UInt32)
    /// `port:0x3f8`: after the first access to a port.
    case port(Port)
    /// `console:TEXT`: after the event with which the console first shows a text.
    case console(String)
    /// `console~PATTERN`: after the byte with which the console first shows a text that matches a pattern.
    case consolePattern(ConsolePattern)

    /// Reads a name.
    ///
    /// - Throws: `.notAMoment` or `.notAPattern`.
    public init(_ text: String) throws(TimelineError) {
        if text.hasPrefix("console~") {
            self = .consolePattern(try ConsolePattern(String(text.dropFirst("console~".count))))
            return
        }
        if let name = Self.parse(text) { self = name } else { throw .notAMoment(text) }
    }

    private static func parse(_ text: String) -> Self? {
        if text == "end" { return .end }
        if text.hasPrefix("console:") {
            let shown = String(text.dropFirst("console:".count))
            return shown.isEmpty ? nil : .console(shown)
        }
        if text.hasPrefix("port:") { return port(text.dropFirst("port:".count)).map { .port($0) } }
        if text.hasPrefix("-") {
            guard let moment = Moment(String(text.dropFirst())), moment.instructions == 0 else { return nil }
            return .beforeEnd(moment.event.rawValue)
        }
        if text.hasSuffix("s") { return milliseconds(text.dropLast()).map { .time($0) } }
        return Moment(text).map { .moment($0) }
    }

    private static func port(_ text: Substring) -> Port? {
        let isHexadecimal = text.lowercased().hasPrefix("0x")
        let digits = isHexadecimal ? text.dropFirst(2) : text
        guard digits.first?.isHexDigit == true else { return nil }
        return UInt16(digits, radix: isHexadecimal ? 16 : 10).map { Port($0) }
    }

    private static func milliseconds(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        guard (1...2).contains(parts.count), fraction.count <= 3, parts.count == 1 || !fraction.isEmpty,
            let seconds = number(parts[0]),
            let thousandths = number(fraction + String(repeating: "0", count: 3 - fraction.count))
        else { return nil }
        return UInt32(exactly: seconds.multipliedFullWidth(by: 1000).low &+ thousandths)
    }

    private static func number(_ text: Substring) -> UInt64? {
        guard text.count <= 9, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return UInt64(text)
    }
}

extension MomentName {
    /// Finds the moment that the name means in a trace. Reads events only for names that say what happened.
    ///
    /// - Throws: `.noSuchMoment`, or any error of reading the trace.
    public func moment(in reader: TraceReader) throws(TimelineError) -> Moment {
        let events = reader.events
        guard !events.isEmpty else { throw .noSuchMoment("the trace has no events") }
        let last = events.upperBound.rawValue - 1
        switch self {
        case .moment(let moment):
            guard events.contains(moment.event) else {
                let error = TraceError.noSuchEvent(moment.event, first: events.lowerBound, count: reader.eventCount)
                throw .noSuchMoment("\(error)")
            }
            return moment
        case .end: return Moment(event: EventOrdinal(last))
        case .beforeEnd(let count):
            guard count < reader.eventCount else {
                throw .noSuchMoment("the trace has only \(reader.eventCount) events")
            }
            return Moment(event: EventOrdinal(last - count))
        case .time(let milliseconds): return try latest(at: milliseconds, in: reader)
        case .port(let port):
            return try first(in: reader, named: "access to port \(port)") { $0.event.port == port }
        case .consolePattern(let pattern):
            var matcher = pattern.matcher()
            return try first(in: reader, named: "console text that matches '\(pattern)'") { recorded in
                recorded.event.consoleBytes.contains { matcher.consume($0) }
            }
        case .console(let text):
            var matcher = PatternMatcher(text)
            return try first(in: reader, named: "'\(text)' on the console") { recorded in
                recorded.event.consoleBytes.contains { matcher.consume($0) }
            }
        }
    }

    private func first(
        in reader: TraceReader,
        named name: String,
        where matches: (RecordedEvent) -> Bool
    ) throws(TimelineError) -> Moment {
        do {
            var cursor = reader.events()
            while let recorded = try cursor.next() {
                if matches(recorded) { return Moment(event: recorded.ordinal) }
            }
        } catch {
            throw .replay(.trace(error))
        }
        throw .noSuchMoment("the trace has no \(name)")
    }

    /// The last event that was recorded by a given time, or the first event if none was.
    private func latest(at milliseconds: UInt32, in reader: TraceReader) throws(TimelineError) -> Moment {
        var (low, high) = (reader.events.lowerBound.rawValue, reader.events.upperBound.rawValue)
        do {
            while low + 1 < high {
                let middle = low + (high - low) / 2
                if try reader.event(at: EventOrdinal(middle)).time <= milliseconds {
                    low = middle
                } else {
                    high = middle
                }
            }
        } catch {
            throw .replay(.trace(error))
        }
        return Moment(event: EventOrdinal(low))
    }
}
