internal import Devices

/// How often the whole state is recorded. A replay needs further keyframes at some landings.
public struct KeyframePolicy: Hashable, Sendable {
    /// Nanoseconds of host time between two keyframes, or nil for no limit.
    public var nanoseconds: UInt64?
    /// Events between two keyframes, or nil for no limit.
    public var events: UInt64?
    /// Whether to take one at each input between two exits even if the engine counts instructions. A replay by an
    /// engine that does not count them needs it there.
    public var atInterrupts: Bool

    /// Makes a policy that takes a keyframe as soon as either limit is reached. With the default, a jump to any moment
    /// takes less than a tenth of a second.
    public init(nanoseconds: UInt64? = 250_000_000, events: UInt64? = 4096, atInterrupts: Bool = false) {
        self.nanoseconds = nanoseconds
        self.events = events
        self.atInterrupts = atInterrupts
    }
}

/// Determines when the next keyframe is due.
struct KeyframeSchedule {
    private let policy: KeyframePolicy
    private var lastTime = MachineTime.start
    private var lastEvent: UInt64 = 0

    init(_ policy: KeyframePolicy) {
        self.policy = policy
    }

    /// When the next keyframe is due regardless of events. It is nil if only events make one due.
    var deadline: MachineTime? { policy.nanoseconds.map(lastTime.advanced) }

    /// The number of events at which the next keyframe is due, whatever the time. It is nil if only time makes one due.
    var nextEvent: UInt64? {
        policy.events.map { events in
            let (sum, overflow) = lastEvent.addingReportingOverflow(events)
            return overflow ? .max : sum
        }
    }

    func isDue(at now: MachineTime, event: UInt64) -> Bool {
        deadline.map { now >= $0 } ?? false || nextEvent.map { event >= $0 } ?? false
    }

    mutating func took(at now: MachineTime, event: UInt64) {
        lastTime = now
        lastEvent = event
    }
}
