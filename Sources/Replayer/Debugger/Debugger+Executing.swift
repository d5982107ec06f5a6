internal import Engine
internal import TraceFormat
internal import X86

extension Debugger where P: ~Copyable {
    /// Executes on an engine that counts, at most up to the next event.
    ///
    /// - Parameters:
    ///   - next: an exit, or an input or a keyframe whose place in the stretch is known.
    ///   - goal: how many instructions behind the last event to stop at most.
    /// - Returns: nil if the guest goes on.
    mutating func runStretch(
        _ next: RecordedEvent,
        _ goal: UInt64?,
        passing: Bool,
        isInterrupted: () -> Bool
    ) throws(TimelineError) -> DebuggerStop? {
        guard let present = moment else { return .end }
        var bound = goal ?? .max
        if !next.event.kind.isExit {
            let left = timeline.core.landsByCount ? timeline.instructions(before: next) : nil
            let length = left.map { present.instructions + $0 } ?? lengths[present.event]?.instructions
            bound = min(bound, length ?? .max)
        }
        let (exit, executed) = try execute(upTo: bound, passing: passing)
        guard let exit else { return try pause(after: executed, at: nil, isInterrupted) }
        guard exit.isSynchronous else { return try pause(after: executed, at: exit, isInterrupted) }
        guard next.event.kind.isExit else { throw timeline.stray(exit, before: next, expecting: next.event.kind.name) }
        if lengths.count > Self.mostLengths { lengths = [:] }
        let length = StretchLength(instructions: present.instructions + executed, isExact: false)
        if lengths[present.event]?.isExact != true { lengths[present.event] = length }
        try timeline.accept(exit, as: next)
        return nil
    }

    /// Executes towards the fault that ended the run, and stops in front of the instruction that raises it. If it has a goal
    /// and the fault comes before that, the guest stands nowhere.
    mutating func runToFault(
        _ fault: Exit,
        _ next: RecordedEvent,
        _ goal: UInt64?,
        passing: Bool,
        isInterrupted: () -> Bool
    ) throws(TimelineError) -> DebuggerStop? {
        guard let present = moment else { return .end }
        // If the recording host could not execute the instruction but this engine can, it is known by its address.
        var place: GuestVirtualAddress?
        if fault == .emulationFailure, case .emulationFailure(let address, _, _)? = reader.outcome { place = address }
        let (exit, executed) = try execute(upTo: goal ?? .max, alsoAt: place, passing: passing)
        guard let exit else { return try pause(after: executed, at: nil, isInterrupted) }
        if exit == .debug, let place, try timeline.state().instructionAddress == place {
            timeline.advance(by: executed)
            return .end
        }
        guard exit.isSynchronous else { return try pause(after: executed, at: exit, isInterrupted) }
        guard exit == fault else { throw timeline.stray(exit, before: next, expecting: fault.words) }
        // The processor has shut down: where it stands now is no moment.
        timeline.moment = nil
        if goal != nil { return .passed }
        try stand(before: Moment(event: present.event, instructions: present.instructions + executed))
        return .end
    }

    /// Goes to the last moment before a fault, which comes at this one or is counted with it.
    private mutating func stand(before fault: Moment) throws(TimelineError) {
        var target = fault
        while true {
            let stop = try travel(to: target) { false }
            if stop == .reached || target.instructions == 0 { return }
            target.instructions -= 1
        }
    }

    private mutating func execute(
        upTo bound: UInt64,
        alsoAt place: GuestVirtualAddress? = nil,
        passing: Bool
    ) throws(TimelineError) -> (exit: Exit?, executed: UInt64) {
        guard let present = moment, let start = timeline.core.processor.instructionsRetired,
            bound > present.instructions
        else { return (nil, 0) }
        let count = min(Self.slice, bound - present.instructions)
        var places = isObserving ? breakpoints : []
        if let place { places.insert(place) }
        let result = try timeline.attempt { core throws(ReplayStop) in
            let exit = try core.run(upTo: start + count, stoppingAt: Array(places), passing: passing)
            return (exit, (core.processor.instructionsRetired ?? start) - start)
        }
        takeTransfers(since: present, at: start)
        return result
    }

    /// What it means that the guest has been stopped between two exits.
    private mutating func pause(
        after executed: UInt64,
        at exit: Exit?,
        _ isInterrupted: () -> Bool
    ) throws(TimelineError) -> DebuggerStop? {
        timeline.advance(by: executed)
        if isObserving, let stop = takeHit() { return stop }
        if exit == .debug { return .breakpoint }
        return isInterrupted() ? .interrupted : nil
    }

    static var mostLengths: Int { 1 << 16 }
    /// How many instructions are executed between two looks at whoever waits: a few milliseconds.
    static var slice: UInt64 { 1 << 20 }
}

extension ReplayCore where P: ~Copyable {
    /// Executes up to a count, on an engine that counts, or to one of some addresses.
    ///
    /// - Parameter passing: whether one of them at the present place is passed over.
    mutating func run(
        upTo count: UInt64,
        stoppingAt places: [GuestVirtualAddress],
        passing: Bool
    ) throws(ReplayStop) -> Exit? {
        try onEngine(processor.setBreakpoints(places))
        let start = processor.instructionsRetired
        let exit = try onEngine(processor.run(upTo: count))
        // A run that begins at a breakpoint ends there, and passes it the second time.
        guard exit == .debug, passing, processor.instructionsRetired == start else { return exit }
        return try onEngine(processor.run(upTo: count))
    }
}
