extension IntervalTimer8254 {
    /// One counter. Ticks are those of ``ClockRate/intervalTimer`` since the machine started.
    struct Counter: Hashable, Sendable {
        /// The six modes ("Mode Definitions").
        enum Mode: Sendable {
            case interruptOnTerminalCount, hardwareOneShot, rateGenerator, squareWave, softwareStrobe, hardwareStrobe
        }

        /// Which bytes of the count are read and written.
        enum Access: UInt8, Sendable {
            case low = 1
            case high = 2
            case lowThenHigh = 3
        }

        /// The control word without the counter's number, as the status shows it.
        var programming: UInt8 = 0
        var mode = Mode.interruptOnTerminalCount
        var access = Access.lowThenHigh
        var isDecimal = false
        var gate: Bool
        /// The count register: the last written value, 1 to 65,536; nil until the first write after a control word.
        var countRegister: UInt64?
        /// The count with which the present countdown, period or half period began.
        var loadedCount: UInt64 = 0x1_0000
        /// The tick at which it began, which may be the next one; nil if nothing is counting.
        var loadTick: UInt64?
        /// Ticks counted when a low gate stopped the counting.
        var stoppedAfter: UInt64?
        /// In the square-wave mode, whether this is the high half.
        var isHighHalf = true
        /// The output's level before anything has been loaded.
        var outputBeforeLoad = true
        /// The tick from which the written count is in the counting element. Until then the status shows "null count".
        var nullUntil = UInt64.max
        var pendingLowByte: UInt8?
        var readsHighByte = false
        var latchedCount: UInt16?
        var latchedStatus: UInt8?
        /// The tick up to which the output has been computed.
        var tick: UInt64 = 0
        var hasRisen = false

        init(gate: Bool) { self.gate = gate }

        /// A counter that makes a square wave, and got the largest count before the machine started.
        static func poweredOn(gate: Bool) -> Counter {
            var counter = Counter(gate: gate)
            counter.programming = 0x36
            counter.mode = .squareWave
            counter.countRegister = counter.loadedCount
            counter.loadTick = 0
            counter.nullUntil = 0
            counter.stoppedAfter = gate ? nil : 0
            return counter
        }

        /// Ticks counted since the load; nil before it.
        var elapsed: UInt64? {
            if let stoppedAfter { return stoppedAfter }
            guard let loadTick, tick >= loadTick else { return nil }
            return tick - loadTick
        }

        var output: Bool {
            guard let elapsed else { return outputBeforeLoad }
            switch mode {
            case .interruptOnTerminalCount, .hardwareOneShot: return elapsed >= loadedCount
            case .rateGenerator: return stoppedAfter != nil || elapsed + 1 != loadedCount
            case .squareWave: return stoppedAfter != nil || isHighHalf
            case .softwareStrobe, .hardwareStrobe: return elapsed != loadedCount
            }
        }

        mutating func takeRise() -> Bool {
            defer { hasRisen = false }
            return hasRisen
        }

        /// The tick after ``tick`` at which the output next rises.
        var nextRise: UInt64? {
            guard let loadTick, stoppedAfter == nil else { return nil }
            let elapsed = elapsed ?? 0
            switch mode {
            case .interruptOnTerminalCount, .hardwareOneShot:
                return elapsed < loadedCount ? loadTick + loadedCount : nil
            case .rateGenerator:
                // A count of 1 is illegal in this mode: the output stays low.
                return loadedCount > 1 ? loadTick + loadedCount : nil
            case .squareWave:
                let half = Self.halfPeriod(of: loadedCount, high: isHighHalf)
                guard isHighHalf else { return loadTick + half }
                let lowHalf = Self.halfPeriod(of: countRegister ?? loadedCount, high: false)
                return lowHalf > 0 ? loadTick + half + lowHalf : nil
            case .softwareStrobe, .hardwareStrobe:
                return elapsed <= loadedCount ? loadTick + loadedCount + 1 : nil
            }
        }

        /// A square wave with an odd count is high for one tick more than it is low.
        static func halfPeriod(of count: UInt64, high: Bool) -> UInt64 { (count + (high ? 1 : 0)) / 2 }

        mutating func advance(to now: UInt64) {
            guard now > tick else { return }
            if let nextRise, nextRise <= now { hasRisen = true }
            tick = now
            guard let loadTick, let elapsed, stoppedAfter == nil else { return }
            switch mode {
            case .rateGenerator where elapsed >= loadedCount:
                restart(at: loadTick + loadedCount)
            case .squareWave where elapsed >= Self.halfPeriod(of: loadedCount, high: isHighHalf):
                let end = loadTick + Self.halfPeriod(of: loadedCount, high: isHighHalf)
                isHighHalf.toggle()
                restart(at: end)
                let half = Self.halfPeriod(of: loadedCount, high: isHighHalf)
                if let loadTick = self.loadTick, now - loadTick >= half {
                    self.loadTick = loadTick + half
                    isHighHalf.toggle()
                }
            default: break
            }
        }

        /// Loads the count register at `reload`, and again at the end of every whole period that has passed since then.
        private mutating func restart(at reload: UInt64) {
            if let countRegister { loadedCount = countRegister }
            let passed = tick - reload
            loadTick = reload + passed - passed % loadedCount
        }

        /// Applies `change`, and notes whether it made the output rise.
        private mutating func noticingRise(_ change: (inout Counter) -> Void) {
            let before = output
            change(&self)
            if output && !before { hasRisen = true }
        }

        mutating func program(_ word: ControlWord, access: Access) {
            noticingRise { counter in
                var fresh = Counter(gate: counter.gate)
                fresh.programming = word.programming
                fresh.mode = word.mode
                fresh.access = access
                fresh.isDecimal = word.isDecimal
                fresh.outputBeforeLoad = word.mode != .interruptOnTerminalCount
                fresh.loadedCount = counter.loadedCount
                fresh.tick = counter.tick
                fresh.hasRisen = counter.hasRisen
                counter = fresh
            }
        }

        mutating func setGate(_ level: Bool) {
            guard level != gate else { return }
            gate = level
            noticingRise { $0.followGate() }
        }

        private mutating func followGate() {
            switch mode {
            case .interruptOnTerminalCount, .softwareStrobe:
                if gate, let stoppedAfter {
                    loadTick = tick - stoppedAfter
                    self.stoppedAfter = nil
                } else if !gate, loadTick != nil {
                    stoppedAfter = elapsed ?? 0
                }
            case .rateGenerator, .squareWave:
                if gate {
                    stoppedAfter = nil
                    load()
                } else if loadTick != nil {
                    stoppedAfter = elapsed ?? 0
                }
            case .hardwareOneShot, .hardwareStrobe:
                if gate {
                    outputBeforeLoad = output
                    load()
                }
            }
        }

        /// Moves the count register into the counting element on the next tick.
        private mutating func load() {
            guard let countRegister else { return }
            loadedCount = countRegister
            isHighHalf = true
            loadTick = tick + 1
            nullUntil = tick + 1
        }
    }
}
