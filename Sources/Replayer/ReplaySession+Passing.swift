internal import Engine
internal import TraceFormat
internal import X86

/// Keyframes between two exits that are left aside, where all that counts is the end: nothing is given to the guest there, so
/// executing on leads to the next one, whose state proves both stretches. Their own states are not compared.
struct PassedKeyframes {
    /// How many since the last keyframe that was met.
    private(set) var count = 0
    /// The event before which all are left aside.
    var end = EventOrdinal(0)

    /// One more is left aside.
    mutating func add() { count += 1 }

    /// A keyframe is met.
    ///
    /// - Returns: how many were left aside before it.
    mutating func takeCount() -> Int {
        defer { count = 0 }
        return count
    }
}

extension ReplaySession where P: ~Copyable {
    /// Comes to a keyframe between two exits by executing, else leaves it aside, else restores it.
    ///
    /// - Returns: how; nil where it was left aside. Then it begins no stretch.
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

    /// Whether the keyframe of an event, which this host did not come to, can be left aside.
    private mutating func mayPass(
        _ recorded: EventOrdinal,
        after reason: JumpReason
    ) throws(ReplayStop) -> Bool {
        switch reason {
        case .hostCannotStop, .guestDebugsItself:
            guard core.cursor.position < runEnd else { return false }
            return try core.isGivenNothing()
        case .notReached:
            // The guest may be past this keyframe, and past others: it has to go on to an exit of its own.
            guard let exit = try core.nextExit(), exit < runEnd else { return false }
            passed.end = exit
            return true
        case .inLoop:
            // Another look at each of the states to come would find the same loop.
            guard let last = try core.lastStateOfStoppedRun(), recorded < last, last < runEnd else { return false }
            passed.end = last
            return true
        case .asked, .cutOff: return false
        }
    }
}
