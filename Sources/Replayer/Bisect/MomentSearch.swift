public import Engine
public import TraceFormat
internal import X86

/// Finds when in a recording something becomes true.
public struct MomentSearch<P: DebuggableProcessor & ~Copyable, Predicate: MomentPredicate>: ~Copyable {
    let reader: TraceReader
    var timeline: Timeline<P>
    /// The predicate to search for.
    private var predicate: Predicate
    private let listing: CodeListing
    private var content = KeyframeContentCheck()

    /// Two moments with no judged moment between them. The predicate is false at the first and true at the second.
    struct Change {
        var before: Moment
        var moment: Moment
    }

    /// Searches a trace with the given timeline, which it takes over.
    public init(_ timeline: consuming Timeline<P>, _ predicate: Predicate) throws(TraceError) {
        reader = timeline.reader
        listing = try CodeListing(timeline.reader)
        self.timeline = timeline
        self.predicate = predicate
    }

    /// See ``Timeline/missedLandings``.
    public var missedLandings: [EventOrdinal] { timeline.missedLandings }

    /// Finds the first moment from which the predicate stays true up to the end of the trace. It looks at the
    /// keyframes, from the last one back to one where the predicate is false. From there it looks after every event,
    /// and then after every instruction.
    ///
    /// It may miss a short false period between two keyframes at which the predicate is true. It looks at every event
    /// only if the predicate is true at all keyframes.
    ///
    /// - Returns: nil if the predicate is not true at the end.
    public mutating func firstLasting() throws(TimelineError) -> MomentFinding? {
        guard reader.keyframeCount > 0 else { return nil }
        let last = try lookThrough(epoch: reader.keyframeCount - 1)
        guard last.end == true else { return nil }
        if let change = last.change { return try refine(change) }
        let earlier = (0..<reader.keyframeCount - 1).reversed()
        for number in earlier where try holds(keyframe: number) == false {
            if let change = try lookThrough(epoch: number).change { return try refine(change) }
        }
        for number in earlier {
            if let change = try lookThrough(epoch: number).change { return try refine(change) }
        }
        return MomentFinding(moment: Moment(event: reader.header.firstEvent))
    }

    /// Finds the first moment after an event at which the predicate is true, and what made it true.
    public mutating func first() throws(TimelineError) -> MomentFinding? {
        try timeline.seek(to: Moment(event: reader.header.firstEvent))
        guard var before = timeline.moment else { return nil }
        if try holdsHere() ?? false { return MomentFinding(moment: before) }
        while try timeline.replayNext() != nil, let moment = timeline.moment {
            guard try timeline.finishAccess(), let holds = try holdsHere() else { continue }
            if holds { return try refine(Change(before: before, moment: moment), stopsAtFirst: true) }
            before = moment
        }
        return nil
    }

    /// Looks after every event from a keyframe on, up to the next keyframe or the end of the trace.
    ///
    /// - Returns: the last change to true, if the predicate stayed true from there on, and whether it was true at the
    ///   end.
    private mutating func lookThrough(epoch number: Int) throws(TimelineError) -> (change: Change?, end: Bool?) {
        let isLast = number + 1 == reader.keyframeCount
        let end = try isLast ? reader.events.upperBound : fromTrace(reader.keyframeEntry(number + 1)).event
        try timeline.restore(number)
        var present = Moment(event: try fromTrace(reader.keyframeEntry(number)).event)
        var isTrue = try holdsHere()
        var change: Change?
        while present.event < end, try timeline.replayNext() != nil, let moment = timeline.moment {
            guard try timeline.finishAccess(), let holds = try holdsHere() else { continue }
            if holds, isTrue == false { change = Change(before: present, moment: moment) }
            (isTrue, present) = (holds, moment)
        }
        return (isTrue == true ? change : nil, isTrue)
    }

    /// Steps from a moment at which the predicate is false to one at which it is true.
    private mutating func refine(_ change: Change, stopsAtFirst: Bool = false) throws(TimelineError) -> MomentFinding {
        var finding = MomentFinding(before: change.before, moment: change.moment, cause: .unknown)
        do throws(TimelineError) {
            try timeline.seek(to: change.before)
            var isTrue = false
            while let present = timeline.moment, present < change.moment {
                let (step, cause) = try timeline.stepNamed(listing)
                guard step != .end, let reached = timeline.moment, try timeline.finishAccess(),
                    let holds = try holdsHere()
                else { continue }
                if holds, !isTrue {
                    finding = MomentFinding(before: present, moment: reached, cause: cause)
                    if stopsAtFirst { return finding }
                }
                isTrue = holds
            }
        } catch .cannotStep {
            return MomentFinding(before: change.before, moment: change.moment, cause: .unknown)
        }
        return finding
    }

    private mutating func holds(keyframe number: Int) throws(TimelineError) -> Bool? {
        let keyframe = try fromTrace(reader.keyframe(number))
        try fromTrace(content.check(keyframe))
        var view = KeyframeView(keyframe, regions: reader.header.machine.memory)
        return try predicate.holds(at: Moment(event: keyframe.event), in: &view)
    }

    /// Whether the predicate is true at the timeline's present moment; nil if this cannot be determined.
    mutating func holdsHere() throws(TimelineError) -> Bool? {
        guard let moment = timeline.moment else { return nil }
        var view = try timeline.view()
        return try predicate.holds(at: moment, in: &view)
    }

    /// Describes the step between two adjacent moments.
    mutating func finding(from before: Moment, to moment: Moment) throws(TimelineError) -> MomentFinding {
        try timeline.seek(to: before)
        return MomentFinding(before: before, moment: moment, cause: try timeline.stepNamed(listing).cause)
    }
}

extension Timeline where P: ~Copyable {
    /// Steps, and also returns the cause of what changed.
    fileprivate mutating func stepNamed(_ listing: CodeListing) throws(TimelineError) -> (Step, cause: ChangeCause) {
        let line = try line(at: state().instructionAddress, listing)
        let next = try peek()
        switch try step() {
        case .delivery(let event): return (.delivery(event), .delivery(event))
        case .deliveryAndInstruction(let event): return (.deliveryAndInstruction(event), .deliveryOrInstruction(event))
        case .event:
            guard let next else { return (.event, .unknown) }
            return (.event, next.event.kind.isExit ? .access(next, line) : .event(next))
        case .instruction: return (.instruction, .instruction(line))
        case .end: return (.end, .unknown)
        }
    }
}
