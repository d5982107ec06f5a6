internal import Devices

/// Decides when to stop a guest that makes no exit, either for a waiting interrupt or for the board's next action.
struct InterruptSchedule {
    /// How many nanoseconds a due interrupt waits for an exit.
    let grace: UInt64
    /// When the interrupt that now waits for the guest began to wait.
    private var dueSince: MachineTime?
    /// The time to which the alarm is set.
    private var alarmTime: MachineTime?
    /// The board's deadline for which the alarm was last set.
    private(set) var deadline: MachineTime?
    /// When the guest is stopped for that deadline if it has made no exit by then.
    private(set) var deadlineTime: MachineTime?
    /// Whether the guest has just been woken from HLT. Only an interrupt does this.
    private var isWaking = false

    init(grace: UInt64) {
        self.grace = grace
    }

    /// The guest has been woken from HLT.
    mutating func wake() { isWaking = true }

    /// Whether the guest has been woken from HLT since the last call.
    mutating func takeWaking() -> Bool {
        defer { isWaking = false }
        return isWaking
    }

    /// No interrupt waits any more. It was delivered or withdrawn.
    mutating func endWaiting() { dueSince = nil }

    /// An interrupt waits, and the guest cannot take it now.
    ///
    /// - Returns: when its grace period ends, or nil if that is already over.
    mutating func wait(at now: MachineTime) -> MachineTime? {
        let since = dueSince ?? now
        dueSince = since
        return now.nanoseconds(since: since) >= grace ? nil : since.advanced(byNanoseconds: grace)
    }

    /// Notes the board's present deadline and the host time at which to stop the guest for it. That time includes the
    /// grace period for an exit.
    mutating func take(_ deadline: MachineTime?, stoppingAt time: MachineTime?) {
        (self.deadline, deadlineTime) = (deadline, time)
    }

    /// Sets the alarm, unless it is already set to this time.
    mutating func set(_ alarm: Alarm, to time: MachineTime?) {
        guard time != alarmTime else { return }
        alarmTime = time
        alarm.set(time)
    }

    /// The alarm has stopped the guest and is used up.
    mutating func alarmIsSpent() { (alarmTime, deadline, deadlineTime) = (nil, nil, nil) }

    /// The machine and its devices have been reset.
    mutating func reset() { (dueSince, deadline, isWaking) = (nil, nil, false) }
}
