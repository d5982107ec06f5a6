public import Engine
public import TraceFormat
internal import X86

/// Finds what changed a stretch of memory, and when. Writes that leave the bytes as they were are not seen.
///
/// An epoch is executed once, to find the stretches between two events in which the page was written, and those stretches
/// are stepped through.
public struct WriteSearch<P: Processor & ~Copyable>: ~Copyable {
    private var timeline: Timeline<P>
    private let watched: WatchedMemory
    private let listing: CodeListing

    /// Two events with nothing in between, and the page written.
    private struct Stretch {
        var start: Moment
        var end: Moment
        var event: RecordedEvent
    }

    /// Searches a trace with a machine of its own.
    public init(_ timeline: consuming Timeline<P>, _ watched: WatchedMemory) throws(TraceError) {
        listing = try CodeListing(timeline.reader)
        self.timeline = timeline
        self.watched = watched
    }

    /// The last change at a moment or before it; nil if there is none in the trace.
    public mutating func last(before limit: Moment) throws(TimelineError) -> MemoryChange? {
        guard var number = try keyframe(before: limit.event) else { return nil }
        while true {
            if let change = try changes(inEpoch: number, until: limit).last { return change }
            guard number > 0 else { return nil }
            number -= 1
        }
    }

    /// All changes, in order.
    public mutating func all(_ visit: (MemoryChange) throws -> Void) throws {
        let reader = timeline.reader
        let end = Moment(event: EventOrdinal(reader.events.upperBound.rawValue), instructions: 0)
        for number in 0..<reader.keyframeCount {
            for change in try changes(inEpoch: number, until: end) { try visit(change) }
        }
    }

    private func keyframe(before event: EventOrdinal) throws(TimelineError) -> Int? {
        do { return try timeline.reader.keyframe(atOrBefore: event) } catch { throw .replay(.trace(error)) }
    }

    /// The changes from a keyframe on, up to the next one or to a moment.
    private mutating func changes(inEpoch number: Int, until limit: Moment) throws(TimelineError) -> [MemoryChange] {
        var changes: [MemoryChange] = []
        for stretch in try writtenStretches(inEpoch: number, until: limit) {
            changes += try self.changes(in: stretch, until: limit)
        }
        return changes
    }

    /// The stretches between two events of an epoch in which a watched page was written.
    private mutating func writtenStretches(inEpoch number: Int, until limit: Moment) throws(TimelineError) -> [Stretch]
    {
        try timeline.restore(number)
        _ = try timeline.takeWrittenPages()
        let pages = watched.pages
        let end = try end(ofEpoch: number)
        var stretches: [Stretch] = []
        var start = timeline.moment ?? limit
        while start.event < end, start <= limit, let event = try timeline.replayNext(), let moment = timeline.moment {
            guard try timeline.finishAccess() else { continue }
            if !pages.isDisjoint(with: try timeline.takeWrittenPages()) {
                stretches.append(Stretch(start: start, end: moment, event: event))
            }
            start = moment
        }
        return stretches
    }

    private func end(ofEpoch number: Int) throws(TimelineError) -> EventOrdinal {
        let reader = timeline.reader
        guard number + 1 < reader.keyframeCount else { return reader.events.upperBound }
        do { return try reader.keyframeEntry(number + 1).event } catch { throw .replay(.trace(error)) }
    }

    private mutating func changes(in stretch: Stretch, until limit: Moment) throws(TimelineError) -> [MemoryChange] {
        try timeline.seek(to: stretch.start)
        let old = watched.bytes(in: timeline.memory) ?? []
        do throws(TimelineError) {
            return try step(through: stretch, from: old, until: limit)
        } catch {
            guard case .cannotStep = error else { throw error }
        }
        try timeline.seek(to: stretch.end)
        let new = watched.bytes(in: timeline.memory) ?? []
        guard stretch.end <= limit, new != old else { return [] }
        return [MemoryChange(before: stretch.start, moment: stretch.end, old: old, new: new, writer: .unknown)]
    }

    private mutating func step(
        through stretch: Stretch,
        from start: [UInt8],
        until limit: Moment
    ) throws(TimelineError) -> [MemoryChange] {
        var changes: [MemoryChange] = []
        var old = start
        var before = stretch.start
        var rip = try timeline.state().rip
        while let present = timeline.moment, present < stretch.end {
            let step = try timeline.step()
            guard step != .end, let moment = timeline.moment, moment <= limit else { break }
            guard try timeline.finishAccess() else { continue }
            let new = watched.bytes(in: timeline.memory) ?? []
            if new != old {
                let writer: MemoryChange.Writer =
                    try step == .event ? .event(stretch.event) : .instruction(line(at: rip))
                changes.append(MemoryChange(before: before, moment: moment, old: old, new: new, writer: writer))
            }
            (old, before, rip) = (new, moment, timeline.session.processor.exitRIP)
        }
        return changes
    }

    /// The instruction that was just executed; its code segment is still the present one, unless it was a far jump, which
    /// writes to nothing but the stack.
    private mutating func line(at rip: UInt64) throws(TimelineError) -> CodeListing.Line? {
        let state = try timeline.state()
        return try timeline.line(at: GuestVirtualAddress(state.segments.cs.base &+ rip), listing)
    }
}

extension Timeline where P: ~Copyable {
    /// The pages that were written since the last call, by the guest or a device.
    mutating func takeWrittenPages() throws(TimelineError) -> Set<GuestPhysicalAddress> {
        try attempt { session in
            let pages = try session.processor.takeDirtyPages()
            session.changedSinceKeyframe.formUnion(try session.tracker.update(pages, in: session.processor.memory))
            return Set(pages)
        }
    }
}
