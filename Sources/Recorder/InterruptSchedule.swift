internal import Devices

/// When a guest that makes no exit is stopped: for an interrupt that waits, and for what the board does next.
struct InterruptSchedule {
    /// Nanoseconds that an interrupt which is due waits for an exit.
    let grace: UInt64
    /// Since when an interrupt has been waiting for the guest.
    private var dueSince: MachineTime?
    /// What the alarm is set to.
    private var alarmTime: MachineTime?
    /// The board's deadline that the alarm was last set for.
    private(set) var deadline: MachineTime?
    /// When the guest is stopped for that deadline, if it has made no exit by then.
    private(set) var deadlineTime: MachineTime?
    /// The guest has just been woken from HLT, which nothing but an interrupt does.
    private var isWaking = false

    init(grace: UInt64) {
        self.grace = grace
    }

    /// The guest has been woken from HLT.
    mutating func wake() { isWaking = true }

    /// Whether the guest was woken from HLT since this was last asked.
    mutating func takeWaking() -> Bool {
        defer { isWaking = false }
        return isWaking
    }

    /// No interrupt waits any more: it was given, or withdrawn.
    mutating func endWaiting() { dueSince = nil }

    /// An interrupt waits that the guest cannot take now.
    ///
    /// - Returns: when it has waited for an exit long enough; nil where it has already.
    mutating func wait(at now: MachineTime) -> MachineTime? {
        let since = dueSince ?? now
        dueSince = since
        return now.nanoseconds(since: since) >= grace ? nil : since.advanced(byNanoseconds: grace)
    }

    /// The board has this deadline now, for which the guest is stopped at a time of the host's, with patience for an exit.
    mutating func take(_ deadline: MachineTime?, stoppingAt time: MachineTime?) {
        (self.deadline, deadlineTime) = (deadline, time)
    }

    /// Sets the alarm, where it is not set to that time already.
    mutating func set(_ alarm: Alarm, to time: MachineTime?) {
        guard time != alarmTime else { return }
        alarmTime = time
        alarm.set(time)
    }

    /// The alarm has stopped the guest, and is spent.
    mutating func alarmIsSpent() { (alarmTime, deadline, deadlineTime) = (nil, nil, nil) }

    /// The machine has been reset, and its devices with it.
    mutating func reset() { (dueSince, deadline, isWaking) = (nil, nil, false) }
}
