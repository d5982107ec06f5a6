/// Which events a guest may count with its performance counters (`struct kvm_pmu_event_filter`; KVM API documentation, section
/// 4.120).
public struct PMUEventFilter: Hashable, Sendable {
    /// What happens to the events in the list.
    public var action: Action
    /// The events; at most about 300.
    public var events: [Event]
    /// One bit for each fixed counter. ``action`` says whether those with a bit or those without one can be used.
    public var fixedCounters: UInt32
    /// Whether each event has a mask, as in ``Event/init(select:mask:match:excludes:)``. Otherwise each is exact, as in
    /// ``Event/init(select:unitMask:)``.
    public var isMasked: Bool

    /// Makes a filter of its parts.
    public init(_ action: Action, _ events: [Event] = [], fixedCounters: UInt32 = 0, isMasked: Bool = false) {
        self.action = action
        self.events = events
        self.fixedCounters = fixedCounters
        self.isMasked = isMasked
    }

    /// What happens to the events in the list.
    public enum Action: UInt32, Hashable, Sendable {
        /// Only these are counted (`KVM_PMU_EVENT_ALLOW`).
        case allow = 0
        /// All others are counted (`KVM_PMU_EVENT_DENY`).
        case deny = 1
    }

    /// An event, or a set of events.
    public struct Event: RawRepresentable, Hashable, Sendable {
        /// The event in KVM's encoding.
        public var rawValue: UInt64

        /// Makes an event of KVM's encoding.
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// One event.
        ///
        /// - Parameters:
        ///   - select: the event select: 8 bits, 12 on AMD.
        ///   - unitMask: the unit mask.
        public init(select: UInt16, unitMask: UInt8) {
            rawValue = Self.encoded(select) | UInt64(unitMask) << 8
        }

        /// All events whose unit mask equals `match` in the bits of `mask` (`KVM_PMU_ENCODE_MASKED_ENTRY`).
        ///
        /// - Parameter excludes: removes these from what other entries with the same event select include.
        public init(select: UInt16, mask: UInt8, match: UInt8, excludes: Bool = false) {
            rawValue = Self.encoded(select) | UInt64(mask) << 56 | UInt64(match) << 8 | (excludes ? 1 << 55 : 0)
        }

        /// Bits 0 to 7, and 32 to 35.
        private static func encoded(_ select: UInt16) -> UInt64 {
            UInt64(select & 0xFF) | UInt64(select & 0xF00) << 24
        }
    }
}
