internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension WriteSearch where P: ~Copyable {
    /// The changes within one stretch, in order.
    mutating func changes(in stretch: Stretch, until limit: Moment) throws(TimelineError) -> [MemoryChange] {
        try timeline.seek(to: stretch.start)
        let old = watched.bytes(in: timeline.memory) ?? []
        do throws(TimelineError) {
            return try step(through: stretch, from: old, until: limit)
        } catch {
            guard case .cannotStep = error else { throw error }
        }
        try timeline.seek(to: stretch.end)
        let new = watched.bytes(in: timeline.memory) ?? []
        guard stretch.end <= limit else { return [] }
        unseen.append(stretch.start...stretch.end)
        guard new != old else { return [] }
        return [MemoryChange(before: stretch.start, moment: stretch.end, old: old, new: new, cause: .unknown)]
    }

    private mutating func step(
        through stretch: Stretch,
        from start: [UInt8],
        until limit: Moment
    ) throws(TimelineError) -> [MemoryChange] {
        var changes: [MemoryChange] = []
        var old = start
        var before = stretch.start
        let state = try timeline.state()
        var rip = state.rip
        while let present = timeline.moment, present < stretch.end {
            let step = try timeline.step()
            guard step != .end, let moment = timeline.moment, moment <= limit else { break }
            guard try timeline.finishAccess() else { continue }
            let new = watched.bytes(in: timeline.memory) ?? []
            if new != old {
                let place = Place(moment: before, rip: rip, codeBase: state.segments.cs.base)
                let cause = try cause(of: step, stretch.event, at: place)
                changes.append(MemoryChange(before: before, moment: moment, old: old, new: new, cause: cause))
            }
            (old, before, rip) = (new, moment, timeline.core.processor.exitRIP)
        }
        return changes
    }

    /// Where the guest stood before a step.
    private struct Place {
        var moment: Moment
        var rip: UInt64
        /// The code segment's base at the beginning of the stretch.
        var codeBase: UInt64
    }

    private mutating func cause(
        of step: Timeline<P>.Step,
        _ event: RecordedEvent,
        at place: Place
    ) throws(TimelineError) -> ChangeCause {
        switch step {
        case .delivery(let interrupt): .delivery(interrupt)
        case .deliveryAndInstruction(let interrupt): .deliveryOrInstruction(interrupt)
        case .event where !event.event.kind.isExit: .event(event)
        case .event: .access(event, try line(at: place))
        case .instruction, .end: .instruction(try line(at: place))
        }
    }

    /// The instruction that was just executed, as it was before its execution. Goes back to read it if it may have
    /// overwritten itself or if the code segment has changed.
    private mutating func line(at place: Place) throws(TimelineError) -> CodeListing.Line? {
        let state = try timeline.state()
        if state.segments.cs.base == place.codeBase {
            let address = GuestVirtualAddress(place.codeBase &+ place.rip)
            let line = try timeline.line(at: address, listing)
            if let line, let physical = timeline.memory.translate(address, in: state),
                !watched.overlaps(physical, count: line.instruction.bytes.count)
            {
                return line
            }
        }
        guard let present = timeline.moment else { return nil }
        try timeline.seek(to: place.moment)
        let line = try timeline.line(at: timeline.state().instructionAddress, listing)
        try timeline.seek(to: present)
        return line
    }
}
