public import Engine
public import TraceFormat
internal import X86

/// Finds when in a recording something becomes true.
public struct MomentSearch<P: Processor & ~Copyable, Predicate: MomentPredicate>: ~Copyable {
    private let reader: TraceReader
    private var timeline: Timeline<P>
    /// What is searched for.
    private var predicate: Predicate
    private let listing: CodeListing

    /// The moment at which it becomes true.
    public struct Finding: Sendable {
        /// The last moment before it at which it was not; nil where it was true from the start.
        public var before: Moment?
        /// The first moment at which it was.
        public var moment: Moment
        /// The instruction between the two, where this host could step.
        public var instruction: CodeListing.Line?
    }

    /// Searches a trace with a machine of its own.
    public init(_ timeline: consuming Timeline<P>, _ predicate: Predicate) throws(TraceError) {
        reader = timeline.reader
        listing = try CodeListing(timeline.reader)
        self.timeline = timeline
        self.predicate = predicate
    }

    /// The first moment from which on it is true: by halving over keyframes, then by looking behind every event of one
    /// stretch, then behind every instruction.
    ///
    /// - Returns: nil where it is not true at the end.
    public mutating func firstLasting() throws -> Finding? {
        let count = reader.keyframeCount
        guard count > 0, try holds(keyframe: count - 1) ?? false else { return nil }
        guard try holds(keyframe: 0) == false else { return Finding(moment: Moment(event: reader.header.firstEvent)) }
        var (low, high) = (0, count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            switch try holds(keyframe: middle) {
            case true?: high = middle
            case false?: low = middle
            case nil: (low, high) = try narrow(low, middle, high)
            }
        }
        return try lastChange(from: low, to: high)
    }

    /// The very first moment behind an event at which it is true, and the instruction that made it so.
    public mutating func first() throws -> Finding? {
        try timeline.seek(to: Moment(event: reader.header.firstEvent))
        guard var before = timeline.moment else { return nil }
        if try holdsHere() ?? false { return Finding(moment: before) }
        while try timeline.replayNext() != nil, let moment = timeline.moment {
            guard try timeline.finishAccess(), let holds = try holdsHere() else { continue }
            if holds { return try refine(after: before, until: moment, isFirst: true) }
            before = moment
        }
        return nil
    }

    /// Moments that can not be judged are passed over, first upwards, then downwards.
    private mutating func narrow(_ low: Int, _ middle: Int, _ high: Int) throws -> (Int, Int) {
        for candidate in (middle + 1)..<max(high, middle + 1) {
            if let holds = try holds(keyframe: candidate) { return holds ? (low, candidate) : (candidate, high) }
        }
        for candidate in (low + 1..<middle).reversed() {
            if let holds = try holds(keyframe: candidate) { return holds ? (low, candidate) : (candidate, high) }
        }
        // None in between can be judged: the change is somewhere in the whole stretch.
        return (low, low + 1 == high ? high : low + 1)
    }

    private mutating func holds(keyframe number: Int) throws -> Bool? {
        let keyframe = try reader.keyframe(number)
        var view = KeyframeView(keyframe, regions: reader.header.machine.memory)
        return try predicate.holds(at: Moment(event: keyframe.event), in: &view)
    }

    private mutating func holdsHere() throws -> Bool? {
        guard let moment = timeline.moment else { return nil }
        var view = try timeline.view()
        return try predicate.holds(at: moment, in: &view)
    }

    /// The last change to true between two keyframes.
    private mutating func lastChange(from low: Int, to high: Int) throws -> Finding {
        let end = try reader.keyframeEntry(high).event
        try timeline.restore(low)
        var present = Moment(event: try reader.keyframeEntry(low).event)
        var finding = (before: present, moment: Moment(event: end))
        var isTrue = false
        while present.event < end, try timeline.replayNext() != nil, let moment = timeline.moment {
            guard try timeline.finishAccess(), let holds = try holdsHere() else { continue }
            if holds, !isTrue { finding = (present, moment) }
            (isTrue, present) = (holds, moment)
        }
        return try refine(after: finding.before, until: finding.moment, isFirst: false)
    }

    /// Steps from a moment at which it is not true to one at which it is.
    private mutating func refine(after before: Moment, until moment: Moment, isFirst: Bool) throws -> Finding {
        var finding = Finding(before: before, moment: moment)
        do {
            try timeline.seek(to: before)
            var isTrue = false
            while let present = timeline.moment, present < moment {
                let line = try timeline.line(at: timeline.state().instructionAddress, listing)
                let step = try timeline.step()
                guard step != .end, let reached = timeline.moment, try timeline.finishAccess(),
                    let holds = try holdsHere()
                else { continue }
                if holds, !isTrue {
                    finding = Finding(before: present, moment: reached, instruction: line)
                    if isFirst { return finding }
                }
                isTrue = holds
            }
        } catch TimelineError.cannotStep {
            return Finding(before: before, moment: moment)
        }
        return finding
    }
}
