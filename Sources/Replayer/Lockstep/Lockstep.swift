public import Engine
internal import GuestMemory
public import TraceFormat
internal import X86

/// Replays one trace on two engines side by side and finds the first instruction behind which their machines differ.
///
/// Registers and all memory that either has written are compared behind each event that has a state. Where they differ, or one of
/// them goes another way than the recording, the stretch since the last event is halved by counts of instructions; an engine that
/// does not count is stepped instead.
public struct Lockstep<One: DebuggableProcessor & ~Copyable, Other: DebuggableProcessor & ~Copyable>: ~Copyable {
    var one: Debugger<One>
    var other: Debugger<Other>
    let listing: CodeListing
    /// The last event behind which both were equal.
    var equal: Moment
    /// How many events have been compared.
    public private(set) var comparedEvents: UInt64 = 0
    /// The states between two exits that were restored on one side, so that nothing is proved of the stretch before.
    public private(set) var restored: [EventOrdinal] = []

    /// Compares two timelines of one trace, which it takes over. The first engine must count instructions.
    ///
    /// - Throws: `.cannotNote` if it does not.
    public init(_ one: consuming Timeline<One>, _ other: consuming Timeline<Other>) throws(TimelineError) {
        guard one.counts else { throw .cannotNote }
        listing = try fromTrace(CodeListing(one.reader))
        equal = Moment(event: one.reader.header.firstEvent)
        self.one = Debugger(one)
        self.other = Debugger(other)
    }

    /// Goes through the trace.
    ///
    /// - Returns: the first difference between the engines; nil if there is none.
    /// - Throws: a divergence if both go the same other way than the recording.
    public mutating func run(visit: () -> Void = {}) throws(TimelineError) -> EngineDifference? {
        try one.timeline.restore(0)
        try other.timeline.restore(0)
        _ = try takeWrittenPages()
        while let next = try one.timeline.peek() {
            let failures = (Self.failure(of: &one), Self.failure(of: &other))
            guard failures.0 == nil, failures.1 == nil else { return try locate(next, failures) }
            noteRestored(next)
            let isComplete = try (one.timeline.finishAccess(), other.timeline.finishAccess())
            if isComplete.0, isComplete.1 {
                guard try differences(among: takeWrittenPages()).isEmpty else { return try locate(next, (nil, nil)) }
                equal = Moment(event: next.ordinal)
            }
            comparedEvents += 1
            visit()
        }
        return nil
    }

    /// Replays the next event; gives what has gone wrong.
    private static func failure<P: DebuggableProcessor & ~Copyable>(of debugger: inout Debugger<P>) -> TimelineError? {
        do throws(TimelineError) {
            try debugger.timeline.replayNext()
            return nil
        } catch { return error }
    }

    private mutating func noteRestored(_ next: RecordedEvent) {
        guard next.event.kind == .keyframe else { return }
        for case .restored? in [one.timeline.lastArrival, other.timeline.lastArrival] { restored.append(next.ordinal) }
    }

    // MARK: Comparing

    mutating func takeWrittenPages() throws(TimelineError) -> Set<GuestPhysicalAddress> {
        try one.timeline.takeWrittenPages().union(other.timeline.takeWrittenPages())
    }

    /// What is different in the machines as they stand. Page-table entries may differ in the bit that says whether they were used.
    mutating func differences(
        among pages: Set<GuestPhysicalAddress>
    ) throws(TimelineError) -> EngineDifference.Differences {
        let state = try one.state()
        var result = EngineDifference.Differences()
        result.registers = state.differences(to: try other.state())
        let memories = (one.timeline.memory, other.timeline.memory)
        for page in pages.sorted() {
            guard let left = try? memories.0.read(at: page, count: 4096),
                var right = try? memories.1.read(at: page, count: 4096), left != right
            else { continue }
            var bits: Set<GuestPhysicalAddress> = []
            for offset in left.indices where AccessedBit.mayExplain(left[offset], right[offset], at: offset) {
                bits.insert(GuestPhysicalAddress(page.rawValue + UInt64(offset)))
            }
            for address in state.accessedBits(among: bits, readTable: memories.0.tableEntry) {
                let offset = Int(address.rawValue - page.rawValue)
                right[offset] = left[offset]
            }
            if let difference = Divergence.PageDifference(page: page, expected: left, actual: right) {
                result.pages.append(difference)
            }
        }
        return result
    }
}
