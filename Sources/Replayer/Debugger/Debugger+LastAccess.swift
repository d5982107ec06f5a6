internal import Engine
internal import TraceFormat
internal import X86

extension Debugger where P: ~Copyable {
    /// What last wrote watched memory.
    enum LastAccess {
        /// The guest or the delivery of an interrupt, up to this moment.
        case guest(behind: Moment, WatchHit)
        /// A device.
        case device(RecordedEvent)
        /// Maybe a reset, which puts all memory back.
        case reset(RecordedEvent)
    }

    /// Finds the last write to ``watched`` at a moment or before it; nil if the trace has none.
    ///
    /// Epochs in which no watched page was written are left out, if the keyframes tell. The rest are executed at full speed.
    mutating func lastWrite(before limit: Moment) throws(TimelineError) -> LastAccess? {
        let pages = watched.reduce(into: Set<GuestPhysicalAddress>()) { $0.formUnion($1.memory.pages) }
        var upper = limit
        while true {
            guard let number = try epoch(before: upper) else { return nil }
            if try isUntouched(pages, number, upTo: upper) {
                upper = Moment(event: try fromTrace(reader.keyframeEntry(number)).event)
            } else {
                guard try enterStretch(before: upper), let start = moment else { return nil }
                if let access = try lastWrite(upTo: upper, limit) { return access }
                upper = start
            }
            if upper.instructions == 0 {
                let recorded = try fromTrace(reader.event(at: upper.event))
                if case .keyframe(_, .reset) = recorded.event { return .reset(recorded) }
            }
        }
    }

    /// The epoch in which the guest was right before a moment; nil at the beginning of the trace.
    private func epoch(before upper: Moment) throws(TimelineError) -> Int? {
        guard upper.event > reader.header.firstEvent || upper.instructions > 0 else { return nil }
        let event = upper.instructions > 0 ? upper.event : EventOrdinal(upper.event.rawValue - 1)
        return try fromTrace(reader.keyframe(atOrBefore: event))
    }

    /// Whether the keyframe at the end of a whole epoch says that pages were not written in it.
    private func isUntouched(
        _ pages: Set<GuestPhysicalAddress>,
        _ number: Int,
        upTo upper: Moment
    ) throws(TimelineError) -> Bool {
        guard reader.header.listsWrittenPages, number + 1 < reader.keyframeCount,
            upper == Moment(event: try fromTrace(reader.keyframeEntry(number + 1)).event)
        else { return false }
        return pages.isDisjoint(with: try fromTrace(reader.keyframe(number + 1)).changedPages)
    }

    /// The last write between the present moment and another.
    private mutating func lastWrite(upTo upper: Moment, _ limit: Moment) throws(TimelineError) -> LastAccess? {
        var last: LastAccess?
        lastHit = nil
        while true {
            let stop = try forward(to: upper, observing: true, passing: true) { false }
            guard case .watch = stop, let present = moment, present <= limit else { return last }
            if let hit = lastHit {
                last = .guest(behind: present, hit)
            } else {
                last = .device(try fromTrace(reader.event(at: present.event)))
            }
            lastHit = nil
        }
    }

    /// Goes through what comes without the guest's executing anything, and tells of each such event.
    mutating func settle(_ visit: (RecordedEvent) -> Void) throws(TimelineError) {
        while moment != nil, try timeline.finishAccess(), let next = try timeline.peek(), let present = moment {
            if case .keyframe(_, .reset) = next.event { return }
            guard case .free = try ahead(next, at: present) else { return }
            try pass(next)
            visit(next)
        }
    }
}
