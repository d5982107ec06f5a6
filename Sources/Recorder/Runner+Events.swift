internal import Engine
internal import Machine
internal import TraceFormat

extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// Tells the sink about an exit that the guest has made.
    mutating func appendExit(_ event: Event, rip: UInt64) {
        let instructions = counter.take(from: processor.instructionsRetired)
        sink.append(event, rip: rip, at: time.now, instructions: instructions)
    }

    /// Tells the sink about an access to a port, which is what most exits are.
    @inline(__always)
    mutating func appendPortAccess(_ access: PortAccess, isWrite: Bool, rip: UInt64) {
        let instructions = counter.take(from: processor.instructionsRetired)
        sink.appendPortAccess(access, isWrite: isWrite, rip: rip, at: time.now, instructions: instructions)
    }

    /// Tells the sink about something that the guest is given, at the present moment. Between two exits, a replay must
    /// be able to stop there: see ``fixMoment()``.
    mutating func appendInput(_ event: Event) {
        // Right after an exit, a replay need not execute anything. Whether the exit's instruction has finished by now
        // makes no difference then.
        let instructions = position == .asynchronous ? counter.take(from: processor.instructionsRetired) : 0
        sink.append(event, rip: 0, at: time.now, instructions: instructions)
        position = .synchronous
    }

    /// Makes sure that a replay can stop at the present moment: by a keyframe if it lies between two exits, unless the
    /// count of instructions is enough.
    mutating func fixMoment() throws(EngineError) {
        guard position == .asynchronous else { return }
        if counter.findsMoments { try processor.completePendingAccess() } else { try takeKeyframe() }
    }
}
