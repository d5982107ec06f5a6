internal import Devices
internal import Engine
internal import Platform

/// The time in a run, for the host and for the board. The board's clock can be a separate one, and chaos can vary it.
struct RunTime {
    /// The host's clock.
    let clock = HostClock()
    /// The host time at the last exit. It is read once per exit.
    private(set) var now = MachineTime.start
    /// The machine's clock, if it is not the host's.
    private var virtual: VirtualClock?
    /// Varies the board's time and the schedule of its inputs, if they are varied.
    private var chaos: Chaos?

    init(_ policy: ClockPolicy, chaosSeed: UInt64?) {
        virtual = policy == .virtual ? VirtualClock() : nil
        chaos = chaosSeed.map(Chaos.init)
    }

    /// From now on, time passes according to what the guest does, and nothing varies it.
    mutating func followPlan() { (virtual, chaos) = (VirtualClock(), nil) }

    /// Reads the host's clock.
    mutating func look() { now = clock.now }

    /// Whether the machine's clock is the host's, and nothing varies it.
    var isHostTime: Bool { virtual == nil && chaos == nil }

    /// Whether the machine's clock is not the host's.
    var isVirtual: Bool { virtual != nil }

    /// The board's time: the time of its clock plus the delay that chaos has added.
    var board: MachineTime { (virtual?.now ?? now).advanced(byNanoseconds: skew) }

    private var skew: UInt64 { chaos?.skew ?? 0 }

    /// The host time that corresponds to a time of the board.
    func host(at time: MachineTime) -> MachineTime {
        isVirtual ? now.advanced(byNanoseconds: time.nanoseconds(since: board)) : unskewed(time)
    }

    private func unskewed(_ time: MachineTime) -> MachineTime {
        MachineTime(nanoseconds: time.nanoseconds - min(time.nanoseconds, skew))
    }

    /// Moves a virtual clock forward to a time of the board, if that is later.
    mutating func skip(to time: MachineTime) {
        let instant = unskewed(time)
        virtual?.skip(to: instant)
    }

    /// Accounts for the time that an exit takes.
    mutating func pass(_ exit: Exit) {
        guard !isHostTime else { return }
        if exit.isRead { chaos?.delayRead() }
        if exit.isSynchronous { virtual?.countExit() }
    }
}

// MARK: Decisions of chaos

extension RunTime {
    /// Whether to withhold an interrupt at an exit at which the guest could take it.
    mutating func letsExitPass() -> Bool { chaos?.letsExitPass() ?? false }

    /// How long to wait for an exit this time, in nanoseconds.
    mutating func patience(_ usual: UInt64) -> UInt64 { chaos?.patience(usual) ?? usual }

    /// How much of the available input to give to the guest at once.
    mutating func share(of most: Int) -> Int { chaos?.share(of: most) ?? most }
}
