internal import Engine
internal import TraceFormat
internal import X86

extension Debugger where P: ~Copyable {
    /// A stop that was found on the way to a later moment.
    private struct Hit {
        var moment: Moment
        var stop: DebuggerStop
    }

    /// Goes back to the last stop. Looks through the stretches between checkpoints, from the last one back, each from its
    /// beginning to its end.
    mutating func backward(isInterrupted: () -> Bool) throws(TimelineError) -> DebuggerStop {
        guard let origin = moment else { return .beginning }
        var upper = origin
        while true {
            guard try enterStretch(before: upper) else {
                try go(to: Moment(event: reader.header.firstEvent))
                return .beginning
            }
            guard let start = moment else { return .beginning }
            var last: Hit?
            var passing = false
            search: while true {
                let stop = try forward(to: upper, observing: true, passing: passing, isInterrupted: isInterrupted)
                passing = true
                guard let present = moment else { break }
                switch stop {
                // What has led to the present moment is undone first.
                case .watch where present <= origin: last = Hit(moment: present, stop: stop)
                case .breakpoint where present < origin: last = Hit(moment: present, stop: stop)
                case .interrupted:
                    try go(to: upper)
                    return .interrupted
                default: break search
                }
            }
            if let last { return try come(to: last) }
            upper = start
        }
    }

    /// Goes to the beginning of the stretch between checkpoints in which the guest was right before a moment; false if the
    /// trace begins there.
    mutating func enterStretch(before upper: Moment) throws(TimelineError) -> Bool {
        if let chain, let index = chain.checkpoints.lastIndex(where: { $0.moment < upper }) {
            try restore(index)
            return true
        }
        guard upper.event > reader.header.firstEvent || upper.instructions > 0 else { return false }
        let event = upper.instructions > 0 ? upper.event : EventOrdinal(upper.event.rawValue - 1)
        guard let number = try fromTrace(reader.keyframe(atOrBefore: event)) else { return false }
        try begin(atKeyframe: number)
        return true
    }

    private mutating func come(to hit: Hit) throws(TimelineError) -> DebuggerStop {
        guard case .watch = hit.stop else {
            try go(to: hit.moment)
            return hit.stop
        }
        return try goBack(before: hit.moment) ? hit.stop : .beginning
    }

    /// Goes to the last moment at which the guest was about to execute something and that is before another; false, and
    /// to the beginning, if there is none.
    mutating func goBack(before moment: Moment) throws(TimelineError) -> Bool {
        var present = moment
        while present.instructions == 0 {
            guard present.event > reader.header.firstEvent else {
                try go(to: present)
                return false
            }
            let recorded = try fromTrace(reader.event(at: present.event))
            let before = EventOrdinal(present.event.rawValue - 1)
            switch recorded.event {
            case _ where timeline.core.landsByCount && recorded.isBetweenExits, .keyframe(_, .asynchronous):
                // The same place by another name.
                present = Moment(event: before, instructions: try length(after: before) ?? 0)
            case .keyframe(_, .reset):
                try go(to: Moment(event: before))
                return true
            case .interrupt, .nonMaskableInterrupt, .deviceRead, .deviceWrite, .keyframe, .end:
                present = Moment(event: before)
                if recorded.event.endsRun, let length = try lengthBeforeFault(before, recorded) {
                    try go(to: Moment(event: before, instructions: length))
                    return true
                }
            default:
                if let length = try length(after: before) {
                    try go(to: Moment(event: before, instructions: length))
                    return true
                }
                // One of several accesses of one instruction.
                present = Moment(event: before)
            }
        }
        try go(to: Moment(event: present.event, instructions: present.instructions - 1))
        return true
    }

    private mutating func lengthBeforeFault(
        _ event: EventOrdinal,
        _ recorded: RecordedEvent
    ) throws(TimelineError) -> UInt64? {
        guard counts, timeline.core.fault(at: recorded) != nil else { return nil }
        try go(to: Moment(event: event))
        let stop = try forward(to: nil, observing: false, passing: true) { false }
        guard stop == .end, let present = moment, present.event == event else { return nil }
        return present.instructions
    }

    /// How many instructions the guest executes between an event and the next one; nil if the event is in the middle of an
    /// instruction.
    private mutating func length(after event: EventOrdinal) throws(TimelineError) -> UInt64? {
        if let known = lengths[event], known.isExact { return known.instructions }
        try approachEvent(event)
        guard try timeline.finishAccess() else { return nil }
        guard let next = try timeline.peek(), let present = moment else { return 0 }
        let isLanding = next.event.kind == .keyframe || timeline.core.landsByCount && next.isBetweenExits
        if counts, isLanding { return try landingLength() ?? 0 }
        try addCheckpoint()
        if lengths[event] == nil {
            _ = try forward(to: Moment(event: next.ordinal), observing: false, passing: true) { false }
        }
        guard var length = lengths[event] else { return 0 }
        // An engine may count the instruction that makes the exit.
        while !length.isExact {
            let target = Moment(event: present.event, instructions: length.instructions)
            if try travel(to: target, isInterrupted: { false }) == .reached || length.instructions == 0 {
                length.isExact = true
            } else {
                length.instructions -= 1
            }
        }
        lengths[event] = length
        return length.instructions
    }

    private mutating func approachEvent(_ event: EventOrdinal) throws(TimelineError) {
        let target = Moment(event: event)
        if moment == target { return }
        guard try arriveAt(target) == .reached else { throw .noSuchMoment("there is no moment \(target)") }
    }
}

extension RecordedEvent {
    /// Whether it is no exit and the guest has executed something since the event before.
    fileprivate var isBetweenExits: Bool { !event.kind.isExit && instructions ?? 0 > 0 }
}

extension Event {
    /// Whether the last exit may come before this event without being an event of its own.
    fileprivate var endsRun: Bool {
        switch self {
        case .keyframe(_, .synchronous), .end: true
        default: false
        }
    }
}
