internal import Engine
internal import TraceFormat
internal import X86

extension Debugger where P: ~Copyable {
    /// Executes one instruction and goes on to the next settled moment.
    mutating func stepAndSettle() throws(TimelineError) -> DebuggerStop {
        observe(true)
        defer { try? timeline.core.clearBreakpoints() }
        let wanted = breakpoints
        breakpoints = []
        defer { breakpoints = wanted }
        var hasExecuted = false
        while true {
            guard let present = moment else { return .end }
            let isFinished = try timeline.finishAccess()
            takeTransfers(since: present)
            if isFinished, let stop = takeHit() { return stop }
            guard let next = try timeline.peek() else { return hasExecuted ? .stepped : .end }
            guard isFinished else {
                // The other accesses of one instruction.
                try pass(next)
                hasExecuted = true
                continue
            }
            switch try ahead(next, at: present) {
            case .free:
                if case .keyframe(_, .reset) = next.event {
                    if hasExecuted { return .stepped }
                    hasExecuted = true
                }
                try pass(next)
                if let stop = written(by: next) { return stop }
            case .end:
                if hasExecuted { return .stepped }
                guard counts, let fault = timeline.core.fault(at: next) else { return .end }
                let goal = present.instructions + 1
                let stop = try runToFault(fault, next, goal, passing: true) { false }
                if stop == .passed {
                    _ = try travel(to: present) { false }
                    return .end
                }
                if let stop { return stop }
                hasExecuted = true
            case .executed:
                if hasExecuted {
                    guard !counts, try timeline.isAtKeyframe(next) else { return .stepped }
                }
                let goal = present.instructions + 1
                let stop =
                    counts
                    ? try runStretch(next, goal, passing: true) { false }
                    : try stepOnce(next, passing: true) { false }
                if let stop { return stop }
                // A keyframe at this place is no instruction.
                if moment?.event == present.event || next.event.kind != .keyframe { hasExecuted = true }
            }
        }
    }

    /// Executes one instruction on an engine that does not count.
    ///
    /// - Returns: nil if the guest goes on.
    mutating func stepOnce(
        _ next: RecordedEvent,
        passing: Bool,
        isInterrupted: () -> Bool
    ) throws(TimelineError) -> DebuggerStop? {
        guard let present = moment else { return .end }
        if isObserving, !passing, !breakpoints.isEmpty, try !timeline.isAtKeyframe(next),
            try timeline.nextDelivery() == nil
        {
            let address = try timeline.state().instructionAddress
            if breakpoints.contains(address) { return .breakpoint }
        }
        do throws(TimelineError) {
            let step = try timeline.step()
            if step == .event, lengths[present.event] == nil {
                if lengths.count > Self.mostLengths { lengths = [:] }
                lengths[present.event] = StretchLength(instructions: present.instructions, isExact: true)
            }
            if step == .event, case .keyframe(let number, _) = next.event, try timeline.finishAccess() {
                chain = try timeline.beginChain(atKeyframe: Int(number))
            }
        } catch {
            guard case .cannotStep = error else { throw error }
            notes.append("\(error): the guest went on to event \(next.ordinal)")
            chain = nil
            guard try travel(to: Moment(event: present.event), isInterrupted: { false }) == .reached else {
                throw error
            }
            lengths[present.event] = StretchLength(instructions: present.instructions, isExact: true)
            try pass(next)
        }
        return isInterrupted() ? .interrupted : nil
    }
}
