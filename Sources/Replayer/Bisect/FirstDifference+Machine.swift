public import Engine
internal import GuestMemory
public import TraceFormat
internal import X86

extension FirstDifference {
    private static let listedPages = 8
    /// The most instructions that are stepped through to find one. They take about a second.
    public static let mostSteps: UInt64 = 50_000

    /// Goes to the place in both traces and examines it: instructions, moments, registers and memory.
    ///
    /// Leaves out, with a remark, whatever this host cannot find out and whatever is more than `mostSteps` instructions
    /// after the previous event.
    public mutating func examine<P: EngineProcessor & ~Copyable>(
        _ readers: (TraceReader, TraceReader),
        on engine: P.Type,
        mostSteps: UInt64 = Self.mostSteps
    ) throws(TraceError) {
        do throws(TimelineError) {
            var one = try Timeline<P>(readers.0)
            var other = try Timeline<P>(readers.1)
            remarks += [
                try first.locate(&one, most: mostSteps).map { "in A, \($0)" },
                try second.locate(&other, most: mostSteps).map { "in B, \($0)" },
            ].compactMap(\.self)
            try first.stand(&one)
            try second.stand(&other)
            registers = try one.state().differences(to: other.state())
            try comparePages(&one, &other)
        } catch {
            remarks.append("the machines could not be examined: \(error)")
            try examineKeyframes(readers)
        }
    }

    /// Compares two recorded states that differ.
    private mutating func examineKeyframes(_ readers: (TraceReader, TraceReader)) throws(TraceError) {
        guard let one = first.keyframe, let other = second.keyframe else { return }
        let keyframes = (try readers.0.keyframe(one), try readers.1.keyframe(other))
        registers = keyframes.0.state.differences(to: keyframes.1.state)
        var memories = (keyframes.0.memory, keyframes.1.memory)
        let pages = try memories.0.pages(thatMayDifferFrom: nil).union(memories.1.pages(thatMayDifferFrom: nil))
        for page in pages.sorted() {
            note(page, try memories.0.page(at: page), try memories.1.page(at: page))
        }
    }

    private mutating func comparePages<P: DebuggableProcessor & ~Copyable>(
        _ one: inout Timeline<P>,
        _ other: inout Timeline<P>
    ) throws(TimelineError) {
        _ = try one.attempt { core throws(ReplayStop) in try core.capture() }
        _ = try other.attempt { core throws(ReplayStop) in try core.capture() }
        let pages = one.core.known.pages.union(other.core.known.pages)
        for page in pages.sorted() {
            let count = GuestMemory.pageSize
            guard let left = try? one.memory.read(at: page, count: count),
                let right = try? other.memory.read(at: page, count: count)
            else { continue }
            note(page, left, right)
        }
    }

    private mutating func note(_ page: GuestPhysicalAddress, _ left: [UInt8], _ right: [UInt8]) {
        guard left != right,
            let difference = Divergence.PageDifference(page: page, expected: left, actual: right)
        else { return }
        pageCount += 1
        if pages.count < Self.listedPages { pages.append(difference) }
    }
}

extension FirstDifference.Side {
    /// Finds the instruction that made the event, and how many instructions were executed since the previous event.
    ///
    /// - Returns: what could not be found out, and why; nil if nothing was left out.
    mutating func locate<P: DebuggableProcessor & ~Copyable>(
        _ timeline: inout Timeline<P>,
        most: UInt64
    ) throws(TimelineError) -> String? {
        guard let before, let event else { return nil }
        let listing = try fromTrace(CodeListing(timeline.reader))
        let target = try landingEvent(timeline.reader) ?? event.ordinal
        do throws(TimelineError) {
            try timeline.seek(to: Moment(event: before))
            var place = (moment: Moment(event: before), rip: try timeline.state().rip)
            var left = most
            // Events that do not count as a difference may lie in between: keyframes and ignored inputs.
            while left > 0, let present = timeline.moment, present.event < target, try timeline.step() != .end {
                guard let reached = timeline.moment, reached.event < target else { break }
                place = (reached, timeline.core.processor.exitRIP)
                left -= 1
            }
            if timeline.moment?.event == target {
                let isCounted = event.event.isInput && event.instructions ?? 0 > 0
                if keyframe != nil || isCounted { moment = place.moment }
                try name(place.rip, &timeline, listing)
                return nil
            }
            try nameRecorded(event, before, &timeline, listing)
            return "more than \(most) instructions come before event \(target): they are not counted"
        } catch {
            guard case .cannotStep = error else { throw error }
            try nameRecorded(event, before, &timeline, listing)
            return "\(error): instructions are not counted"
        }
    }

    /// Takes the instruction from what the trace says: the state in which the guest was interrupted, or the event's
    /// RIP.
    private mutating func nameRecorded<P: DebuggableProcessor & ~Copyable>(
        _ event: RecordedEvent,
        _ before: EventOrdinal,
        _ timeline: inout Timeline<P>,
        _ listing: CodeListing
    ) throws(TimelineError) {
        if let keyframe {
            try timeline.restore(keyframe)
            return try name(timeline.state().rip, &timeline, listing)
        }
        try timeline.seek(to: Moment(event: before))
        try name(event.rip, &timeline, listing)
    }

    private mutating func name<P: DebuggableProcessor & ~Copyable>(
        _ rip: UInt64,
        _ timeline: inout Timeline<P>,
        _ listing: CodeListing
    ) throws(TimelineError) {
        let base = try timeline.state().segments.cs.base
        instruction = try timeline.line(at: GuestVirtualAddress(base &+ rip), listing)
    }

    /// Goes to where the processor's memory and registers show the difference: after the event, or at the keyframe.
    func stand<P: DebuggableProcessor & ~Copyable>(_ timeline: inout Timeline<P>) throws(TimelineError) {
        if let keyframe {
            try timeline.restore(keyframe)
        } else if let place = event?.ordinal ?? before {
            try timeline.seek(to: Moment(event: place))
        }
    }

    private func landingEvent(_ reader: TraceReader) throws(TimelineError) -> EventOrdinal? {
        try keyframe.map { number throws(TimelineError) in try fromTrace(reader.keyframeEntry(number)).event }
    }
}

extension Timeline where P: ~Copyable {
    /// The instruction at an address, as the guest's author wrote it.
    mutating func line(
        at address: GuestVirtualAddress,
        _ listing: CodeListing
    ) throws(TimelineError) -> CodeListing.Line? {
        var view = try view()
        return try fromTrace(listing.lines(at: address, in: &view, limit: 1)).first
    }
}
