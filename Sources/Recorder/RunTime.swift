internal import Devices
internal import Engine
internal import Platform

/// What time it is in a run: for the host, and for the board, whose clock may be another and may be varied.
struct RunTime {
    /// The host's.
    let clock = HostClock()
    /// The host's time at the last exit: read once an exit, because reading it costs.
    private(set) var now = MachineTime.start
    /// The machine's clock where it is not the host's.
    private var virtual: VirtualClock?
    /// Varies the board's time, and when it is given what, if it is varied.
    private var chaos: Chaos?

    init(_ policy: ClockPolicy, chaosSeed: UInt64?) {
        virtual = policy == .virtual ? VirtualClock() : nil
        chaos = chaosSeed.map(Chaos.init)
    }

    /// Time passes by what the guest does from now on, and nothing varies it.
    mutating func followPlan() { (virtual, chaos) = (VirtualClock(), nil) }

    /// Looks what time it is.
    mutating func look() { now = clock.now }

    /// Whether the machine's clock is not the host's.
    var isVirtual: Bool { virtual != nil }

    /// What time it is for the board: its clock's, and what chaos has added to it.
    var board: MachineTime { (virtual?.now ?? now).advanced(byNanoseconds: skew) }

    private var skew: UInt64 { chaos?.skew ?? 0 }

    /// When a time of the board comes on the host.
    func host(at time: MachineTime) -> MachineTime {
        isVirtual ? unskewed(time) : now.advanced(byNanoseconds: time.nanoseconds(since: board))
    }

    private func unskewed(_ time: MachineTime) -> MachineTime {
        MachineTime(nanoseconds: time.nanoseconds - min(time.nanoseconds, skew))
    }

    /// Sets a virtual clock to a time of the board, if that is later.
    mutating func skip(to time: MachineTime) {
        let instant = unskewed(time)
        virtual?.skip(to: instant)
    }

    /// The guest has come to an exit, which takes its time.
    mutating func pass(_ exit: Exit) {
        if exit.isRead { chaos?.delayRead() }
        if exit.isSynchronous { virtual?.countExit() }
    }
}

// MARK: What chaos decides

extension RunTime {
    /// Whether an exit at which the guest could take an interrupt goes by without it.
    mutating func letsExitPass() -> Bool { chaos?.letsExitPass() ?? false }

    /// How long to wait for an exit this time, in nanoseconds.
    mutating func patience(_ usual: UInt64) -> UInt64 { chaos?.patience(usual) ?? usual }

    /// How much of what could be given to the guest at once is.
    mutating func share(of most: Int) -> Int { chaos?.share(of: most) ?? most }
}
