public import TraceFormat
internal import X86

/// What two traces have in common and where they differ, as `rr-vm diff` shows it.
public struct TraceDiffReport: Codable, Hashable, Sendable {
    /// A field of the header that differs.
    public struct Field: Codable, Hashable, Sendable {
        /// Its name.
        public var name: String
        /// The first trace's value.
        public var first: String
        /// The second trace's value.
        public var second: String
    }

    /// The first events at the same place that differ; nil for a trace that has ended.
    public struct EventPair: Codable, Hashable, Sendable {
        /// The first trace's event.
        public var first: String?
        /// The second trace's event.
        public var second: String?
    }

    /// The first states at the same event that differ.
    public struct KeyframePair: Codable, Hashable, Sendable {
        /// The event.
        public var event: UInt64
        /// Registers that differ.
        public var registers: [Field]
        /// How many pages differ.
        public var pageCount: Int
        /// Physical address of the first page that differs.
        public var firstPage: String?
    }

    /// How many events there are of each sort.
    public struct EventCounts: Codable, Hashable, Sendable {
        /// Equal in both traces.
        public var equal: UInt64
        /// At the same place, and different.
        public var different: UInt64
        /// Only in the first trace.
        public var onlyFirst: UInt64
        /// Only in the second trace.
        public var onlySecond: UInt64
    }

    /// How many keyframes there are of each sort, by the events at which they were taken.
    public struct KeyframeCounts: Codable, Hashable, Sendable {
        /// With the same state in both traces.
        public var equal: Int
        /// With different states.
        public var different: Int
        /// At events where the other trace has none.
        public var unpaired: Int
    }

    /// Whether nothing that is compared differs.
    public var equal: Bool
    /// Fields of the header that differ.
    public var fields: [Field]
    /// The first events that differ.
    public var firstEvents: EventPair?
    /// The first states that differ.
    public var firstKeyframes: KeyframePair?
    /// How many events are equal.
    public var events: EventCounts
    /// How many keyframes are equal.
    public var keyframes: KeyframeCounts

    /// Compares two traces, each of which is read once.
    public init(_ left: TraceReader, _ right: TraceReader) throws(TraceError) {
        let diff = try TraceDiff(left, right)
        equal = diff.isEqual
        fields = diff.fields.map { Field(name: $0.name, first: $0.left, second: $0.right) }
        firstEvents = diff.firstEvents.map { pair in
            EventPair(first: pair.left.map { "\($0)" }, second: pair.right.map { "\($0)" })
        }
        if let (one, other) = diff.firstKeyframes {
            firstKeyframes = try KeyframePair(left.keyframe(one), right.keyframe(other))
        }
        events = EventCounts(
            equal: diff.equalEvents,
            different: diff.differentEvents,
            onlyFirst: diff.eventsOnlyLeft,
            onlySecond: diff.eventsOnlyRight
        )
        keyframes = KeyframeCounts(
            equal: diff.equalKeyframes,
            different: diff.differentKeyframes,
            unpaired: diff.unpairedKeyframes
        )
    }

    /// One JSON object on one line.
    ///
    /// - Throws: nothing that can be foreseen.
    public func json() throws -> String { try JSONText.object(self) }

    /// For people, in several lines.
    public var text: String {
        var lines: [String] = []
        for field in fields { lines += ["header: \(field.name)", "  < \(field.first)", "  > \(field.second)"] }
        if let firstEvents {
            let ended = "the trace has ended"
            lines += [
                "first event that differs", "  < \(firstEvents.first ?? ended)", "  > \(firstEvents.second ?? ended)",
            ]
        }
        if let firstKeyframes { lines += firstKeyframes.lines }
        lines.append(
            "events: \(Quantity.count(events.equal)) equal, \(Quantity.count(events.different)) different"
                + ", \(Quantity.count(events.onlyFirst)) only in the first"
                + ", \(Quantity.count(events.onlySecond)) only in the second"
        )
        lines.append(
            "keyframes: \(keyframes.equal) equal, \(keyframes.different) different, "
                + "\(keyframes.unpaired) at events where the other trace has none"
        )
        return lines.printableText
    }
}

extension TraceDiffReport.KeyframePair {
    fileprivate init(_ left: Keyframe, _ right: Keyframe) throws(TraceError) {
        event = left.event.rawValue
        registers = left.state.differences(to: right.state).map {
            TraceDiffReport.Field(name: $0.field, first: $0.expected, second: $0.actual)
        }
        var (ours, theirs) = (left.memory, right.memory)
        let candidates = try ours.pages(thatMayDifferFrom: nil).union(theirs.pages(thatMayDifferFrom: nil))
        pageCount = 0
        // In ascending order, because neighbouring pages are usually in the same chunk.
        for page in candidates.sorted() where try ours.page(at: page) != theirs.page(at: page) {
            pageCount += 1
            firstPage = firstPage ?? "\(page)"
        }
    }

    fileprivate var lines: [String] {
        var lines = ["first keyframe that differs: at event \(event)"]
        lines += registers.map { "  \($0.name): < \($0.first)  > \($0.second)" }
        if let firstPage {
            lines.append(
                "  memory: \(pageCount) \(pageCount == 1 ? "page differs" : "pages differ"), the first at \(firstPage)"
            )
        }
        return lines
    }
}
