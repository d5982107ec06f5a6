internal import Engine
internal import TraceFormat
internal import X86

/// The keyframes between two exits that are passed over because only the end matters. The guest is given nothing there,
/// so executing on leads to the next keyframe, whose state proves both stretches. The states of passed keyframes are
/// not compared.
struct PassedKeyframes {
    /// How many were passed over since the last keyframe that was reached.
    private(set) var count = 0
    /// All keyframes before this event are passed over.
    var end = EventOrdinal(0)

    /// Counts one more passed keyframe.
    mutating func add() { count += 1 }

    /// Notes that a keyframe was reached.
    ///
    /// - Returns: how many were passed over before it.
    mutating func takeCount() -> Int {
        defer { count = 0 }
        return count
    }
}

extension ReplaySession where P: ~Copyable {
    /// Reaches a keyframe between two exits by executing. If that fails, passes it over; if that is not possible
    /// either, restores it.
    ///
    /// - Returns: how it was reached, or nil if it was passed over. A passed keyframe does not begin a stretch.
    mutating func land(onKeyframe number: UInt32, _ recorded: RecordedEvent) throws(ReplayStop) -> Arrival? {
        let keyframe = try core.keyframe(number, recorded)
        guard recorded.ordinal >= passed.end else {
            passed.add()
            return nil
        }
        let arrival: Arrival
        switch try core.execute(to: keyframe, recorded, landing) {
        case .there(let looks): arrival = .executed(looks: looks)
        case .obstacle(let reason):
            if try mayPass(recorded.ordinal, after: reason) {
                passed.add()
                return nil
            }
            arrival = try core.restore(keyframe, because: reason, recorded, landing)
        }
        core.pace.meet(recorded)
        return arrival
    }

    /// Whether the replay may pass over the keyframe of an event that this host did not reach.
    private mutating func mayPass(
        _ recorded: EventOrdinal,
        after reason: JumpReason
    ) throws(ReplayStop) -> Bool {
        switch reason {
        case .hostCannotStop, .guestDebugsItself:
            guard core.cursor.position < runEnd else { return false }
            return try core.isGivenNothing()
        case .notReached:
            // The guest may already be past this keyframe and past others, so it has to go on to its next exit.
            guard let exit = try core.nextExit(), exit < runEnd else { return false }
            passed.end = exit
            return true
        case .inLoop:
            // Looking at each of the remaining states would only find the same loop again.
            guard let last = try core.lastStateOfStoppedRun(), recorded < last, last < runEnd else { return false }
            passed.end = last
            return true
        case .asked, .cutOff: return false
        }
    }
}
