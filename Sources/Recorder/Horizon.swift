internal import Devices

/// Until when a guest may go from exit to exit without anything to do besides its own accesses.
///
/// Whoever prepares a run works this out once. An exit then costs two comparisons instead of a question to everyone who
/// may want something.
struct Horizon {
    /// The number of events at which something is due. At 0, something may be due at any exit.
    private(set) var event: UInt64 = 0
    /// The host time at which something is due.
    private(set) var time = MachineTime.start
    /// The board's deadline for which the alarm is set. Another one needs another alarm.
    private(set) var deadline: MachineTime?

    /// Whether something may be due at any exit.
    static let closed = Horizon()

    private init() {}

    /// A horizon at whichever comes first.
    ///
    /// - Parameters:
    ///   - events: numbers of events at which something is due; nil stands for never.
    ///   - times: host times at which something is due; nil stands for never.
    init(events: UInt64?..., times: MachineTime?..., deadline: MachineTime?) {
        event = events.compactMap(\.self).min() ?? .max
        time = times.compactMap(\.self).min() ?? .latest
        self.deadline = deadline
    }
}
