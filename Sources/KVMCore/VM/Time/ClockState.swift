import CKVM

/// The kvmclock of a VM's guests at one moment (`struct kvm_clock_data`).
public struct ClockState: Hashable, Sendable {
    /// Nanoseconds since the VM was made, or since the value that was set.
    public var nanoseconds: UInt64
    /// Which of the other fields are valid, and how steady the clock is.
    public var flags: Flags
    /// The host's time at that moment, in nanoseconds since 1970, if ``Flags/realTime`` is set.
    public var realTime: UInt64
    /// The host's time-stamp counter at that moment, if ``Flags/hostTSC`` is set.
    public var hostTSC: UInt64

    /// Makes a state of its parts. With ``Flags/realTime``, setting it adds the time that has passed on the host since
    /// then.
    public init(nanoseconds: UInt64, flags: Flags = [], realTime: UInt64 = 0, hostTSC: UInt64 = 0) {
        self.nanoseconds = nanoseconds
        self.flags = flags
        self.realTime = realTime
        self.hostTSC = hostTSC
    }

    /// Which fields are valid, and how steady the clock is.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// As in `kvm_clock_data::flags`.
        public var rawValue: UInt32

        /// Makes flags of their bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// All vCPUs see the same clock (`KVM_CLOCK_TSC_STABLE`).
        public static let steady = Self(rawValue: 1 << 1)
        /// ``ClockState/realTime`` is valid (`KVM_CLOCK_REALTIME`).
        public static let realTime = Self(rawValue: 1 << 2)
        /// ``ClockState/hostTSC`` is valid (`KVM_CLOCK_HOST_TSC`).
        public static let hostTSC = Self(rawValue: 1 << 3)
    }
}

extension VM {
    /// The clock of the VM's guests (`KVM_GET_CLOCK`; needs `KVM_CAP_ADJUST_CLOCK`).
    public func clock() throws(KVMError) -> ClockState {
        try descriptor.require(.adjustClock, for: .getClock)
        var value = kvm_clock_data()
        try descriptor.call(.getClock, with: &value)
        return ClockState(
            nanoseconds: value.clock,
            flags: ClockState.Flags(rawValue: value.flags),
            realTime: value.realtime,
            hostTSC: value.host_tsc
        )
    }

    /// Sets the clock of the VM's guests (`KVM_SET_CLOCK`; needs `KVM_CAP_ADJUST_CLOCK`).
    ///
    /// - Parameter state: only ``ClockState/Flags/realTime`` of its flags has a meaning here; the others only report.
    /// - Throws: a refusal if that flag is set and the host does not know it (before Linux 5.16).
    public func setClock(_ state: ClockState) throws(KVMError) {
        let known = ClockState.Flags(rawValue: try descriptor.require(.adjustClock, for: .setClock))
        let flags = state.flags.intersection(.realTime)
        let subject = "\(state.nanoseconds) ns"
        guard known.isSuperset(of: flags) else {
            throw KVMError(.setClock, refused: "this host's KVM cannot add the time that has passed", about: subject)
        }
        var value = kvm_clock_data()
        value.clock = state.nanoseconds
        value.flags = flags.rawValue
        value.realtime = flags.isEmpty ? 0 : state.realTime
        try descriptor.call(.setClock, reading: value, about: subject)
    }
}
