internal import Engine
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Whether the trace and the engine both count instructions.
    var isCounted: Bool { reader.header.recording.countsInstructions && processor.instructionsRetired != nil }

    /// Whether every moment between two exits is reached by its count alone.
    var landsByCount: Bool { isCounted && reader.header.recording.engine == .software }

    /// Whether a keyframe between two exits is reached by its count alone. KVM may have stopped the guest between the last
    /// turn of a repeated instruction and the next instruction, with RF set, which no count tells from the moment after.
    func landsByCount(on keyframe: Keyframe) -> Bool {
        landsByCount || isCounted && keyframe.state.rflags & Self.resumeFlag == 0
    }

    private static var resumeFlag: UInt64 { 1 << 16 }

    /// Notes that the guest has reached an event with a count of its own.
    ///
    /// - Throws: a divergence if the count is not the recorded one.
    mutating func count(_ recorded: RecordedEvent) throws(ReplayStop) {
        guard let retired = processor.instructionsRetired else { return }
        let count = instructions.reach(at: retired)
        guard instructions.areCompared, let expected = recorded.instructions, count != expected else { return }
        throw miscount(recorded, count)
    }

    private mutating func miscount(_ recorded: RecordedEvent, _ count: UInt64) -> ReplayStop {
        divergence(
            at: recorded,
            expected: "\(recorded.event.kind) \(recorded.instructions ?? 0) instructions after the event before",
            actual: "the guest is there after \(count) instructions"
        )
    }

    /// Gives an event that the guest has just reached the number of instructions that were executed before it here.
    func setCount(of recorded: inout RecordedEvent) {
        if processor.instructionsRetired != nil { recorded.instructions = instructions.atLastEvent }
    }

    /// Executes up to the moment of an event that the guest does not cause, if that lies between two exits.
    ///
    /// - Throws: a divergence if the guest makes an exit on the way; `.cannotCount` if this engine does not count.
    mutating func runToInput(_ recorded: RecordedEvent) throws(ReplayStop) {
        guard let count = recorded.instructions, count > 0 else { return instructions.pass() }
        guard processor.instructionsRetired != nil else { throw .error(.cannotCount(recorded.ordinal)) }
        try run(toCountOf: recorded)
        try self.count(recorded)
    }

    /// Executes as many instructions as the recording did before an event that is not an exit.
    mutating func run(toCountOf recorded: RecordedEvent) throws(ReplayStop) {
        try onEngine(processor.completePendingAccess())
        let present = instructions.count(at: processor.instructionsRetired ?? 0)
        let count = recorded.instructions ?? 0
        guard present <= count else { throw miscount(recorded, present) }
        pace.beginRunning(to: recorded)
        guard let exit = try run(instructions: count - present) else { return }
        if exit == .kicked { throw stall(at: recorded, expected: "\(count) instructions") }
        throw divergence(
            at: recorded,
            expected: "\(recorded.event.kind) after \(count) instructions, before any other exit",
            actual: words(for: exit)
        )
    }

    /// Executes a number of instructions.
    ///
    /// - Returns: the exit that the guest makes before; ``Exit/kicked`` if the time is over.
    mutating func run(instructions: UInt64) throws(ReplayStop) -> Exit? {
        let end = (processor.instructionsRetired ?? 0) &+ instructions
        while processor.instructionsRetired ?? end != end {
            switch try onEngine(processor.run(upTo: end)) {
            case nil: return nil
            case .interruptWindow?: continue
            case .kicked?: if pace.watch.hasExpired { return .kicked }
            case let exit?: return exit
            }
        }
        return nil
    }
}
