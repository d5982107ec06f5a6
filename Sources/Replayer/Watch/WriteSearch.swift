public import Engine
public import TraceFormat
internal import X86

/// Finds what changed a stretch of memory, and when. Does not see writes that leave the bytes unchanged.
///
/// Skips epochs in which none of the watched pages was written. The keyframes' page lists show this if they name every
/// page that was written. Otherwise the epoch is executed once to find out. The remaining epochs are executed event by
/// event, to find the stretches between two events in which a watched page was written. Those stretches are stepped
/// through.
public struct WriteSearch<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    var timeline: Timeline<P>
    let watched: WatchedMemory
    let listing: CodeListing
    private var listed = Listed()

    /// How far ``next()`` has come: the number of epochs that were looked at, and what remains of the last one.
    private struct Listed {
        var epochs = 0
        var stretches: ArraySlice<Stretch> = []
        var changes: ArraySlice<MemoryChange> = []
    }

    /// Two adjacent moments between which a watched page was written, and the event at the second moment.
    struct Stretch {
        var start: Moment
        var end: Moment
        var event: RecordedEvent
    }

    /// Searches a trace with the given timeline, which it takes over.
    public init(_ timeline: consuming Timeline<P>, _ watched: WatchedMemory) throws(TraceError) {
        listing = try CodeListing(timeline.reader)
        self.timeline = timeline
        self.watched = watched
    }

    /// Stretches in which a watched page was written but which this host could not step through, in the order in which
    /// the search reached them. There the bytes may have changed more than once, or changed and returned to their old
    /// values.
    public internal(set) var unseen: [ClosedRange<Moment>] = []

    /// See ``Timeline/missedLandings``.
    public var missedLandings: [EventOrdinal] { timeline.missedLandings }

    /// The last change at or before a moment; nil if the trace has none.
    public mutating func last(before limit: Moment) throws(TimelineError) -> MemoryChange? {
        guard var number = try fromTrace(timeline.reader.keyframe(atOrBefore: limit.event)) else { return nil }
        while true {
            if try isWritten(inEpoch: number, until: limit) {
                for stretch in try writtenStretches(inEpoch: number, until: limit).reversed() {
                    if let change = try changes(in: stretch, until: limit).last { return change }
                }
            }
            guard number > 0 else { return nil }
            number -= 1
        }
    }

    /// The first change of the trace at the first call, then the next one at each call; nil after the last.
    public mutating func next() throws(TimelineError) -> MemoryChange? {
        let end = Moment(event: timeline.reader.events.upperBound)
        while listed.changes.isEmpty {
            if !listed.stretches.isEmpty {
                listed.changes = try changes(in: listed.stretches.removeFirst(), until: end)[...]
            } else if listed.epochs < timeline.reader.keyframeCount {
                let number = listed.epochs
                listed.epochs += 1
                if try isWritten(inEpoch: number, until: end) {
                    listed.stretches = try writtenStretches(inEpoch: number, until: end)[...]
                }
            } else {
                return nil
            }
        }
        return listed.changes.removeFirst()
    }

    /// Whether a watched page may have been written from a keyframe up to the next one or up to a moment.
    mutating func isWritten(inEpoch number: Int, until limit: Moment) throws(TimelineError) -> Bool {
        let reader = timeline.reader
        if reader.header.listsWrittenPages, number + 1 < reader.keyframeCount {
            return !watched.pages.isDisjoint(with: try fromTrace(reader.keyframe(number + 1).changedPages))
        }
        try timeline.restore(number)
        _ = try timeline.takeWrittenPages()
        let end = try end(ofEpoch: number)
        while let present = timeline.moment, present.event < end, present.event <= limit.event,
            try timeline.replayNext() != nil
        {}
        _ = try timeline.finishAccess()
        return !watched.pages.isDisjoint(with: try timeline.takeWrittenPages())
    }

    /// The stretches between two events of an epoch in which a watched page was written.
    private mutating func writtenStretches(inEpoch number: Int, until limit: Moment) throws(TimelineError) -> [Stretch]
    {
        try timeline.restore(number)
        _ = try timeline.takeWrittenPages()
        let end = try end(ofEpoch: number)
        var stretches: [Stretch] = []
        var start = timeline.moment ?? limit
        while start.event < end, start <= limit, let event = try timeline.replayNext(), let moment = timeline.moment {
            guard try timeline.finishAccess() else { continue }
            if !watched.pages.isDisjoint(with: try timeline.takeWrittenPages()) {
                stretches.append(Stretch(start: start, end: moment, event: event))
            }
            start = moment
        }
        return stretches
    }

    private func end(ofEpoch number: Int) throws(TimelineError) -> EventOrdinal {
        let reader = timeline.reader
        guard number + 1 < reader.keyframeCount else { return reader.events.upperBound }
        return try fromTrace(reader.keyframeEntry(number + 1)).event
    }
}

extension Timeline where P: ~Copyable {
    /// The pages that the guest or a device has written since the last call. If a state was restored in between, these
    /// are all pages that may have been written.
    mutating func takeWrittenPages() throws(TimelineError) -> Set<GuestPhysicalAddress> {
        try attempt { core throws(ReplayStop) in try core.known.takeWrittenPages(of: &core.processor) }
    }
}
