internal import Engine
internal import TraceFormat
internal import X86

extension MomentSearch where P: ~Copyable {
    /// Finds the moment at which the predicate becomes true, by binary search over events and then over instructions.
    /// Use it for expensive predicates. It assumes that the predicate is false up to one moment and true from then on.
    /// If the predicate changes more often, one of its changes to true is found. Moments that cannot be judged are
    /// skipped.
    ///
    /// - Returns: nil if the predicate is not true at the end.
    public mutating func halving() throws(TimelineError) -> MomentFinding? {
        let events = reader.events.lowerBound.rawValue..<reader.events.upperBound.rawValue
        guard let last = try firstJudged(events.reversed()), last.holds, let first = try firstJudged(events) else {
            return nil
        }
        guard !first.holds else { return MomentFinding(moment: Moment(event: EventOrdinal(first.event))) }
        let found = try halve(first.event, last.event) { search, event throws(TimelineError) in
            try search.holds(at: Moment(event: EventOrdinal(event)))
        }
        let change = Change(
            before: Moment(event: EventOrdinal(found.0)),
            moment: Moment(event: EventOrdinal(found.1))
        )
        do throws(TimelineError) {
            let count = try instructionCount(in: change)
            let instructions = try halve(0, count + 1) { search, count throws(TimelineError) in
                try search.holds(at: Moment(event: change.before.event, instructions: count))
            }
            let before = Moment(event: change.before.event, instructions: instructions.0)
            guard instructions.1 <= count else { return try finding(from: before, to: change.moment) }
            return try finding(from: before, to: Moment(event: before.event, instructions: instructions.1))
        } catch .cannotStep {
            return MomentFinding(before: change.before, moment: change.moment, cause: .unknown)
        }
    }

    /// The first of the given events after which the predicate can be judged.
    private mutating func firstJudged(_ events: some Sequence<UInt64>) throws(TimelineError) -> (
        event: UInt64, holds: Bool
    )? {
        for event in events {
            if let holds = try holds(at: Moment(event: EventOrdinal(event))) { return (event, holds) }
        }
        return nil
    }

    /// Searches between a place where the predicate is false and one where it is true, until no place between them can
    /// be judged.
    private mutating func halve(
        _ low: UInt64,
        _ high: UInt64,
        _ holds: (inout Self, UInt64) throws(TimelineError) -> Bool?
    ) throws(TimelineError) -> (UInt64, UInt64) {
        var (low, high) = (low, high)
        search: while high - low > 1 {
            let middle = low + (high - low) / 2
            for place in [middle..<high, low + 1..<middle].joined() {
                guard let holds = try holds(&self, place) else { continue }
                if holds { high = place } else { low = place }
                continue search
            }
            break
        }
        return (low, high)
    }

    /// Whether the predicate is true at a moment; nil if this cannot be determined, for example between two accesses of
    /// one instruction.
    private mutating func holds(at moment: Moment) throws(TimelineError) -> Bool? {
        do throws(TimelineError) {
            try timeline.seek(to: moment)
        } catch .insideInstruction {
            return nil
        }
        return try holdsHere()
    }

    /// How many instructions are executed between the two moments of a change.
    private mutating func instructionCount(in change: Change) throws(TimelineError) -> UInt64 {
        try timeline.seek(to: change.before)
        var count: UInt64 = 0
        while let present = timeline.moment, present < change.moment, try timeline.step() != .end {
            if let moment = timeline.moment, moment.event == change.before.event { count = moment.instructions }
        }
        return count
    }
}
