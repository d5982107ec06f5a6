public import TraceFormat
internal import X86

/// Finds the first place where two recordings differ.
///
/// A binary search compares the states at keyframes. Then the remaining events are compared one by one. If no two
/// keyframes' states differ permanently, all events and keyframes are compared.
public struct FirstDifferenceSearch {
    /// The first trace.
    public let first: TraceReader
    /// The second trace.
    public let second: TraceReader
    private let ignored: Set<IgnoredInput>

    /// Compares two traces. If there are inputs to ignore, the runs are followed until the guest behaves differently.
    /// Their states may differ long before that, so every event is read.
    public init(_ first: TraceReader, _ second: TraceReader, ignoring ignored: Set<IgnoredInput> = []) {
        self.first = first
        self.second = second
        self.ignored = ignored
    }

    /// Finds the first difference; nil if there is none.
    public func run() throws(TraceError) -> FirstDifference? {
        guard ignored.isEmpty else { return try scan(from: nil, until: nil) }
        let pairs = KeyframePairs(first: first, second: second)
        let (equal, different) = try pairs.search()
        if let difference = try scan(from: equal, until: different) { return difference }
        if let different { return try stateDifference(different) }
        // There is no lasting difference. Comparing everything finds a difference that went away again.
        let passing = try pairs.firstDifference()
        if let difference = try scan(from: nil, until: passing) { return difference }
        return try passing.map { pair throws(TraceError) in try stateDifference(pair) }
    }

    /// Compares events one by one between two pairs of keyframes, or from the first event to the last.
    private func scan(
        from start: KeyframePairs.Pair?,
        until end: KeyframePairs.Pair?
    ) throws(TraceError) -> FirstDifference? {
        let origins = (try origin(first, start?.first), try origin(second, start?.second))
        var left = GuestEventCursor(first, from: origins.0, ignoring: ignored)
        var right = GuestEventCursor(second, from: origins.1, ignoring: ignored)
        let limit = try end.map { pair throws(TraceError) in try first.keyframeEntry(pair.first).event }
        var before: (EventOrdinal?, EventOrdinal?)
        if start != nil {
            before = (EventOrdinal(origins.0.rawValue - 1), EventOrdinal(origins.1.rawValue - 1))
        }
        var inputs: (RecordedEvent?, RecordedEvent?)
        while true {
            let (one, other) = (try left.next(), try right.next())
            inputs = Self.lastDifference(left.passedOver, right.passedOver) ?? inputs
            if let limit, let one, one.recorded.ordinal > limit { return nil }
            if one == nil, other == nil { return nil }
            if let kind = kind(one, other) {
                return try difference(kind, (one, other), before: before, inputs)
            }
            before = (one?.recorded.ordinal, other?.recorded.ordinal)
        }
    }

    private func origin(_ reader: TraceReader, _ keyframe: Int?) throws(TraceError) -> EventOrdinal {
        guard let keyframe else { return reader.header.firstEvent }
        return EventOrdinal(try reader.keyframeEntry(keyframe).event.rawValue + 1)
    }

    private func kind(
        _ one: GuestEventCursor.GuestEvent?,
        _ other: GuestEventCursor.GuestEvent?
    ) -> FirstDifference.Kind? {
        guard let one, let other, one.recorded.event == other.recorded.event,
            isSamePlace(one.recorded.rip, other.recorded.rip)
        else { return .event }
        guard ignored.isEmpty, one.recorded.event.isInput else { return nil }
        if let count = one.instructions, let otherCount = other.instructions {
            return count == otherCount ? nil : .moment
        }
        return one.landing?.digest == other.landing?.digest ? nil : .moment
    }

    /// Some hosts report the RIP of the writing instruction at a write, and others the RIP of the next instruction.
    private func isSamePlace(_ one: UInt64, _ other: UInt64) -> Bool {
        one == other
            || (first.header.host.module != second.header.host.module && max(one, other) - min(one, other) <= 15)
    }

    private func difference(
        _ kind: FirstDifference.Kind,
        _ events: (GuestEventCursor.GuestEvent?, GuestEventCursor.GuestEvent?),
        before: (EventOrdinal?, EventOrdinal?),
        _ inputs: (RecordedEvent?, RecordedEvent?)
    ) throws(TraceError) -> FirstDifference {
        let (one, other) = events
        func side(
            _ reader: TraceReader,
            _ event: GuestEventCursor.GuestEvent?,
            _ before: EventOrdinal?,
            _ input: RecordedEvent?
        ) throws(TraceError) -> FirstDifference.Side {
            let isInput = event?.recorded.event.isInput == true
            let place = event?.recorded.ordinal ?? reader.events.upperBound
            return FirstDifference.Side(
                before: before,
                event: event?.recorded,
                keyframe: event?.landing.map { Int($0.number) },
                moment: event.map { Moment(event: $0.recorded.ordinal) },
                input: isInput ? event?.recorded : input,
                context: try reader.guestEvents(FirstDifference.contextLength, before: place)
            )
        }
        return FirstDifference(
            kind: kind,
            first: try side(first, one, before.0, inputs.0),
            second: try side(second, other, before.1, inputs.1)
        )
    }

    private func stateDifference(_ pair: KeyframePairs.Pair) throws(TraceError) -> FirstDifference {
        func side(_ reader: TraceReader, _ number: Int) throws(TraceError) -> FirstDifference.Side {
            let entry = try reader.keyframeEntry(number)
            let isFirst = entry.event == reader.header.firstEvent
            return FirstDifference.Side(
                before: isFirst ? nil : EventOrdinal(entry.event.rawValue - 1),
                keyframe: number,
                moment: Moment(event: entry.event),
                context: try reader.guestEvents(FirstDifference.contextLength, before: entry.event)
            )
        }
        return FirstDifference(
            kind: .state,
            first: try side(first, pair.first),
            second: try side(second, pair.second)
        )
    }

    /// The last inputs in which two lists of skipped events differ. The lists are compared one by one from their start.
    /// The result is nil for a list that has no more events.
    private static func lastDifference(
        _ left: [RecordedEvent],
        _ right: [RecordedEvent]
    ) -> (RecordedEvent?, RecordedEvent?)? {
        for index in (0..<max(left.count, right.count)).reversed() {
            let one = index < left.count ? left[index] : nil
            let other = index < right.count ? right[index] : nil
            guard one?.event != other?.event else { continue }
            return (one, other)
        }
        return nil
    }
}

extension TraceReader {
    /// The last events before a given one, at most `count`, oldest first. Keyframes are left out, because they come
    /// from the recorder and not from the guest.
    func guestEvents(_ count: Int, before end: EventOrdinal) throws(TraceError) -> [RecordedEvent] {
        var (found, length) = ([RecordedEvent](), UInt64(2 * count))
        while true {
            let start = max(end.rawValue - min(length, end.rawValue), header.firstEvent.rawValue)
            var cursor = events(from: EventOrdinal(start))
            found.removeAll(keepingCapacity: true)
            while cursor.position < end, let recorded = try cursor.next() {
                if recorded.event.kind != .keyframe { found.append(recorded) }
            }
            if found.count >= count || start == header.firstEvent.rawValue { return Array(found.suffix(count)) }
            length *= 2
        }
    }
}
