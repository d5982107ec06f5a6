extension LocalAPIC {
    /// The timer (11.5.4). Ticks are those of ``ClockRate/localAPICTimer``, before the divider.
    struct Timer: Hashable, Sendable {
        private(set) var initialCount: UInt32 = 0
        private(set) var divideConfiguration: UInt32 = 0
        private var isPeriodic = false
        /// When the present countdown began; nil if nothing is counting.
        private var startTick: UInt64?
        /// The count with which it began.
        private var startCount: UInt32 = 0
        /// The tick up to which the timer has been advanced.
        private(set) var tick: UInt64

        init(tick: UInt64 = 0) { self.tick = tick }

        /// Bits 0, 1 and 3: 2, 4, 8 to 128, and 1.
        private var divisor: UInt64 {
            let code = divideConfiguration & 3 | divideConfiguration >> 1 & 4
            return 1 << UInt64((code + 1) & 7)
        }

        private var length: UInt64 { UInt64(startCount) * divisor }

        /// The tick at which the countdown ends; also nil if that is too late to represent.
        var expiry: UInt64? {
            guard let startTick else { return nil }
            let (sum, overflow) = startTick.addingReportingOverflow(length)
            return overflow ? nil : sum
        }

        var currentCount: UInt32 {
            guard let startTick else { return 0 }
            return UInt32(
                truncatingIfNeeded: UInt64(startCount) - min((tick - startTick) / divisor, UInt64(startCount))
            )
        }

        /// Advances the timer; true if a countdown has ended.
        mutating func advance(to now: UInt64) -> Bool {
            guard now > tick else { return false }
            tick = now
            guard let expiry, expiry <= now else { return false }
            guard isPeriodic else {
                startTick = nil
                return true
            }
            // If the count or divisor changed during a period, the following periods are whole ones again.
            startCount = initialCount
            startTick = expiry + (now - expiry) / length * length
            return true
        }

        mutating func start(_ count: UInt32) {
            initialCount = count
            startCount = count
            startTick = count == 0 ? nil : tick
        }

        /// Makes the timer periodic or not. A change disarms it.
        mutating func setPeriodic(_ isPeriodic: Bool) {
            guard isPeriodic != self.isPeriodic else { return }
            self.isPeriodic = isPeriodic
            start(0)
        }

        /// Changes the divider. The count continues from its present value.
        mutating func divide(by configuration: UInt32) {
            if startTick != nil {
                startCount = currentCount
                startTick = tick
            }
            divideConfiguration = configuration & 0b1011
        }
    }

    /// Advances the timer to `now`. Several countdowns that have ended make one interrupt.
    public mutating func advance(to now: MachineTime) {
        guard state.timer.advance(to: ClockRate.localAPICTimer.tick(at: now)) else { return }
        guard isGloballyEnabled, !state.timerEntry.isMasked else { return }
        accept(.fixed, vector: state.timerEntry.vector, isLevelTriggered: false)
    }

    /// When the timer next makes a request that is not pending already. Never before `now`.
    public func nextDeadline(after now: MachineTime) -> MachineTime? {
        guard let expiry = state.timer.expiry, !state.timerEntry.isMasked else { return nil }
        guard !state.requests.contains(state.timerEntry.vector) else { return nil }
        return max(now, ClockRate.localAPICTimer.time(ofTick: expiry))
    }
}
