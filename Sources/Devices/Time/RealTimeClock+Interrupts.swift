internal import Platform

extension RealTimeClock {
    /// How long before an update UIP is set: the 244 microseconds of warning and the 1984 of the update cycle.
    private static let updateWarning: UInt64 = 2_228_000

    /// How many nanoseconds the divider chain has counted.
    var position: UInt64 { state.now.advanced(byNanoseconds: state.phase).nanoseconds }

    /// The date as seconds since the start of 1970.
    var second: Int64 { state.secondsAtOrigin + Int64(position / MachineTime.nanosecondsPerSecond) }

    var isUpdating: Bool {
        let passed = position % MachineTime.nanosecondsPerSecond
        return isCounting && passed >= MachineTime.nanosecondsPerSecond - Self.updateWarning
    }

    /// Ticks of the crystal between two periodic interrupts, by RS3 to RS0; nil for none.
    private var periodicTicks: UInt64? {
        switch control(.registerA) & ControlA.rateMask {
        case 0: nil
        // The two highest rates of the other crystals give slower ones here.
        case let rate where rate < 3: 1 << UInt64(rate + 6)
        case let rate: 1 << UInt64(rate - 1)
        }
    }

    /// Advances the interrupt flags to `now`.
    public mutating func advance(to now: MachineTime) {
        guard now > state.now else { return }
        let earlierSecond = second
        let earlierTick = ClockRate.realTimeClock.tick(at: MachineTime(nanoseconds: position))
        state.now = now
        if isDividing, let period = periodicTicks {
            let tick = ClockRate.realTimeClock.tick(at: MachineTime(nanoseconds: position))
            if tick / period > earlierTick / period { state.flags.insert(.periodic) }
        }
        guard isCounting, second > earlierSecond else { return }
        state.flags.insert(.updateEnded)
        if let alarm = nextAlarm(after: earlierSecond), alarm <= second { state.flags.insert(.alarm) }
    }

    /// When the interrupt line next rises; nil if it does not, or is already high. Never before `now`.
    public func nextDeadline(after now: MachineTime) -> MachineTime? {
        guard !interruptLine else { return nil }
        var deadline: MachineTime?
        if enabledFlags.contains(.periodic), isDividing, let period = periodicTicks {
            let tick = ClockRate.realTimeClock.tick(at: MachineTime(nanoseconds: position))
            deadline = time(ofPosition: ClockRate.realTimeClock.time(ofTick: (tick / period + 1) * period).nanoseconds)
        }
        if enabledFlags.contains(.updateEnded), isCounting {
            deadline = .earliest(deadline, time(ofSecond: second + 1))
        }
        if enabledFlags.contains(.alarm), isCounting, let alarm = nextAlarm(after: second) {
            deadline = .earliest(deadline, time(ofSecond: alarm))
        }
        return deadline.map { max($0, now) }
    }

    private func time(ofSecond second: Int64) -> MachineTime {
        let elapsed = UInt64(clamping: second - state.secondsAtOrigin)
        return time(ofPosition: MachineTime(seconds: elapsed).nanoseconds)
    }

    private func time(ofPosition position: UInt64) -> MachineTime {
        MachineTime(nanoseconds: position > state.phase ? position - state.phase : 0)
    }
}
