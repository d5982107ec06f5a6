internal import Engine
internal import TraceFormat
internal import X86

extension Debugger where P: ~Copyable {
    /// What the guest reaches next.
    enum Ahead {
        /// Something that comes without its executing anything.
        case free
        /// An exit, or an input or a keyframe between two exits, by executing.
        case executed
        /// The end of the trace, by executing or not.
        case end
    }

    /// How many events are passed between two such looks.
    private static var eventsBetweenLooks: Int { 64 }

    /// Runs on from the present moment.
    ///
    /// - Parameters:
    ///   - limit: where to stop at last; nil for the end of the trace.
    ///   - observing: whether breakpoints and watched memory stop the guest.
    ///   - passing: whether a breakpoint at the present moment is passed over.
    mutating func forward(
        to limit: Moment?,
        observing: Bool,
        passing: Bool,
        isInterrupted: () -> Bool
    ) throws(TimelineError) -> DebuggerStop {
        observe(observing)
        defer {
            timeline.core.processor.stopNoting()
            try? timeline.core.processor.setBreakpoints([])
        }
        let first = moment
        var passing = passing
        var looks = 0
        while true {
            guard let present = moment else { return .end }
            let isFinished = try timeline.finishAccess()
            takeTransfers(since: present)
            if isFinished, observing, let stop = takeHit() { return stop }
            if let limit, present >= limit { return present == limit ? .reached : .passed }
            if stopsAtEvents, isFinished, present.event != first?.event { return .event }
            guard let next = try timeline.peek() else { return .end }
            looks += 1
            if looks % Self.eventsBetweenLooks == 0, isInterrupted() { return .interrupted }
            guard isFinished else {
                try pass(next)
                continue
            }
            try addCheckpointIfDue(present)
            switch try ahead(next, at: present) {
            case .end where limit.map { $0.event >= next.ordinal } ?? false: try pass(next)
            case .end:
                guard counts, let fault = timeline.core.fault(at: next) else { return .end }
                let goal = limit.flatMap { $0.event == present.event ? $0.instructions : nil }
                let stop = try runToFault(fault, next, goal, passing: passing, isInterrupted: isInterrupted)
                if let stop { return stop }
                if moment != present { passing = false }
            case .free where stopsAtEvents:
                if present != first { return .event }
                try pass(next)
            case .free:
                if let limit, limit.event == present.event { return .passed }
                try pass(next)
                if observing, let stop = written(by: next) { return stop }
            case .executed:
                let goal = limit.flatMap { $0.event == present.event ? $0.instructions : nil }
                let stop =
                    counts
                    ? try runStretch(next, goal, passing: passing, isInterrupted: isInterrupted)
                    : try stepOnce(next, passing: passing, isInterrupted: isInterrupted)
                if let stop { return stop }
                if moment != present { passing = false }
            }
        }
    }

    /// What comes next.
    mutating func ahead(_ next: RecordedEvent, at present: Moment) throws(TimelineError) -> Ahead {
        if timeline.core.landsByCount, !next.event.kind.isExit, timeline.instructions(before: next) ?? 0 > 0 {
            return .executed
        }
        switch next.event {
        case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .keyframe(_, .reset): return .free
        case .end: return .end
        case .keyframe(_, .synchronous): return timeline.core.ending(after: next) == nil ? .free : .end
        case .keyframe(_, .asynchronous):
            guard counts else { return .executed }
            if timeline.core.landsByCount { return .free }
            guard let length = try landingLength() else { return .free }
            return present.instructions >= length ? .free : .executed
        default: return .executed
        }
    }

    /// Goes through an event that needs no stop on the way.
    mutating func pass(_ next: RecordedEvent) throws(TimelineError) {
        if !counts || next.event.needsRun { try timeline.core.clearBreakpoints() }
        let start = timeline.core.processor.instructionsRetired
        let present = moment
        try timeline.replayNext()
        if let present { takeTransfers(since: present, at: start) }
        guard case .keyframe(let number, _) = next.event else { return }
        // A keyframe is where the next epoch's checkpoints begin.
        chain = nil
        guard try timeline.finishAccess() else { return }
        chain = try timeline.beginChain(atKeyframe: Int(number))
    }
}

extension Event {
    /// Whether replaying it may run the guest.
    fileprivate var needsRun: Bool {
        switch self {
        case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead: false
        default: true
        }
    }
}
