import CKVM

/// The 8254 in the kernel (`struct kvm_pit_state2`).
public struct PITState: Hashable, Sendable {
    /// Channel 0: the system timer.
    public var timer = Channel()
    /// Channel 1: memory refresh.
    public var refresh = Channel()
    /// Channel 2: the speaker.
    public var speaker = Channel()
    /// Flags.
    public var flags = Flags()

    /// One channel (`struct kvm_pit_channel_state`).
    public struct Channel: Hashable, Sendable {
        /// The count from which it counts down: 1 to 65536, or 0 before it is set.
        public var count: UInt32 = 0
        /// The count that a latch command saved.
        public var latchedCount: UInt16 = 0
        /// How a count is latched.
        public var countLatched: UInt8 = 0
        /// The status is latched.
        public var statusLatched: UInt8 = 0
        /// The status that was latched.
        public var status: UInt8 = 0
        /// Which byte is read next.
        public var readState: UInt8 = 0
        /// Which byte is written next.
        public var writeState: UInt8 = 0
        /// The byte that was written first.
        public var writeLatch: UInt8 = 0
        /// Which bytes an access consists of.
        public var accessMode: UInt8 = 0
        /// Mode 0 to 5.
        public var mode: UInt8 = 0
        /// Counts in BCD.
        public var isDecimal: UInt8 = 0
        /// The gate input.
        public var gate: UInt8 = 0
        /// Host time of the last load, in nanoseconds. KVM replaces it when the state is set.
        public var loadTime: Int64 = 0

        /// All fields zero.
        public init() {}
    }

    /// The state besides the channels.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// As in `kvm_pit_state2::flags`.
        public var rawValue: UInt32

        /// Makes flags of their bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// An HPET replaces channel 0 (`KVM_PIT_FLAGS_HPET_LEGACY`).
        public static let hpetLegacy = Self(rawValue: 1 << 0)
        /// The speaker's data line is on (`KVM_PIT_FLAGS_SPEAKER_DATA_ON`).
        public static let speakerDataOn = Self(rawValue: 1 << 1)
    }

    /// All fields zero.
    public init() {}
}

extension PITState {
    init(_ state: kvm_pit_state2) {
        (timer, refresh, speaker) = (
            Channel(state.channels.0), Channel(state.channels.1), Channel(state.channels.2)
        )
        flags = Flags(rawValue: state.flags)
    }

    var kernelValue: kvm_pit_state2 {
        var state = kvm_pit_state2()
        state.channels = (timer.kernelValue, refresh.kernelValue, speaker.kernelValue)
        state.flags = flags.rawValue
        return state
    }
}

extension PITState.Channel {
    fileprivate init(_ state: kvm_pit_channel_state) {
        (count, latchedCount, countLatched) = (state.count, state.latched_count, state.count_latched)
        (statusLatched, status) = (state.status_latched, state.status)
        (readState, writeState, writeLatch) = (state.read_state, state.write_state, state.write_latch)
        (accessMode, mode, isDecimal, gate) = (state.rw_mode, state.mode, state.bcd, state.gate)
        loadTime = state.count_load_time
    }

    fileprivate var kernelValue: kvm_pit_channel_state {
        kvm_pit_channel_state(
            count: count,
            latched_count: latchedCount,
            count_latched: countLatched,
            status_latched: statusLatched,
            status: status,
            read_state: readState,
            write_state: writeState,
            write_latch: writeLatch,
            rw_mode: accessMode,
            mode: mode,
            bcd: isDecimal,
            gate: gate,
            count_load_time: loadTime
        )
    }
}
