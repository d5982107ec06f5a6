internal import Engine
internal import TraceFormat
internal import X86

extension Lockstep where One: ~Copyable, Other: ~Copyable {
    /// The most instructions that are stepped through on an engine that does not count.
    private static var mostSteps: UInt64 { FirstDifference.mostSteps }

    /// What two machines at the same count of instructions are.
    private enum Verdict {
        case equal
        /// They differ, or one of them cannot be there.
        case different
        /// The stretch is over for both.
        case over
    }

    /// Finds the instruction in the stretch before an event.
    ///
    /// - Throws: the divergence if both engines went the same way up to it.
    mutating func locate(
        _ next: RecordedEvent,
        _ failures: (TimelineError?, TimelineError?)
    ) throws(TimelineError) -> EngineDifference {
        for error in [failures.0, failures.1].compactMap(\.self) {
            guard case .divergence = error else { throw error }
        }
        var difference = EngineDifference(event: next, before: equal)
        difference.first = failures.0.map { "\($0)" }
        difference.second = failures.1.map { "\($0)" }
        do throws(TimelineError) {
            guard let count = try other.counts ? countedDifference() : steppedDifference() else {
                // Nothing differs before the event's own instruction.
                if let error = failures.0, failures.1 != nil { throw error }
                difference.remarks.append("the machines are equal up to the event itself")
                return difference
            }
            try describe(count, &difference)
        } catch {
            guard case .cannotStep = error else { throw error }
            difference.remarks.append("\(error)")
        }
        return difference
    }

    /// After how many instructions of the stretch the machines differ first; nil if they do not before its end.
    private mutating func countedDifference() throws(TimelineError) -> UInt64? {
        // A difference that comes stays, or the guest would not have come to one behind the event.
        var (low, high): (UInt64, UInt64) = (0, 1)
        while true {
            let verdict = try verdict(at: high)
            if verdict == .different { break }
            if verdict == .over {
                guard let found = try lastDifference(between: low, and: high) else { return nil }
                high = found
                break
            }
            (low, high) = (high, high * 2)
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if try verdict(at: middle) == .equal { low = middle } else { high = middle }
        }
        return high
    }

    /// A count with a difference before the end of the stretch, which is below `high`; nil if there is none.
    private mutating func lastDifference(between low: UInt64, and high: UInt64) throws(TimelineError) -> UInt64? {
        var (low, high) = (low, high)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            switch try verdict(at: middle) {
            case .equal: low = middle
            case .different: return middle
            case .over: high = middle
            }
        }
        return nil
    }

    private mutating func verdict(at count: UInt64) throws(TimelineError) -> Verdict {
        let target = Moment(event: equal.event, instructions: count)
        let arrivals = (try Self.arrive(&one, target), try Self.arrive(&other, target))
        switch arrivals {
        case (true, true):
            return try differences(among: allPages()).isEmpty ? .equal : .different
        case (false, false): return .over
        default: return .different
        }
    }

    private static func arrive<P: DebuggableProcessor & ~Copyable>(
        _ debugger: inout Debugger<P>,
        _ target: Moment
    ) throws(TimelineError) -> Bool {
        do throws(TimelineError) {
            try debugger.go(to: target)
            return true
        } catch {
            switch error {
            case .noSuchMoment, .divergence: return false
            default: throw error
            }
        }
    }

    /// All pages that either machine has ever touched.
    private mutating func allPages() throws(TimelineError) -> Set<GuestPhysicalAddress> {
        _ = try one.timeline.attempt { core throws(ReplayStop) in try core.capture() }
        _ = try other.timeline.attempt { core throws(ReplayStop) in try core.capture() }
        return one.timeline.core.known.pages.union(other.timeline.core.known.pages)
    }

    /// The same by single steps of the engine that does not count.
    private mutating func steppedDifference() throws(TimelineError) -> UInt64? {
        try other.timeline.seek(to: equal)
        try one.go(to: equal)
        var count: UInt64 = 0
        while count < Self.mostSteps {
            let step = try other.timeline.step()
            guard step.isCounted, let moment = other.timeline.moment else { return nil }
            count = moment.instructions
            guard try Self.arrive(&one, moment) else { return count }
            let isEqual = one.timeline.core.processor.exitRegisters == other.timeline.core.processor.exitRegisters
            guard isEqual else { return count }
        }
        return nil
    }

    /// Goes to both sides of the difference and looks.
    private mutating func describe(_ count: UInt64, _ difference: inout EngineDifference) throws(TimelineError) {
        let before = Moment(event: equal.event, instructions: count - 1)
        let behind = Moment(event: equal.event, instructions: count)
        (difference.before, difference.moment) = (before, behind)
        try one.go(to: before)
        if let delivery = try one.timeline.nextDelivery() {
            difference.remarks.append("between them, the guest takes the interrupt of event \(delivery.event)")
        } else {
            difference.instruction = try one.timeline.line(at: one.state().instructionAddress, listing)
        }
        let arrivals = (try Self.arrive(&one, behind), try Self.arrive(&other, behind))
        guard arrivals.0, arrivals.1 else {
            difference.remarks.append("only the \(arrivals.0 ? "first" : "second") engine comes to \(behind)")
            return
        }
        difference.found = try differences(among: allPages())
        difference.noteUndefined()
    }
}
