extension IntervalTimer8254.Counter {
    /// Bits of the latched status ("Status Byte").
    private struct Status: OptionSet {
        let rawValue: UInt8
        static let nullCount = Self(rawValue: 1 << 6)
        static let output = Self(rawValue: 1 << 7)
    }

    mutating func writeByte(_ value: UInt8) {
        switch access {
        case .low: write(count: UInt16(value))
        case .high: write(count: UInt16(value) << 8)
        case .lowThenHigh:
            guard let low = pendingLowByte else {
                pendingLowByte = value
                if mode == .interruptOnTerminalCount {
                    // The first byte stops the counting and sets the output low at once.
                    loadTick = nil
                    stoppedAfter = nil
                    outputBeforeLoad = false
                }
                return
            }
            pendingLowByte = nil
            write(count: UInt16(value) << 8 | UInt16(low))
        }
    }

    private mutating func write(count: UInt16) {
        let written = Self.ticks(of: count, isDecimal: isDecimal)
        let isFirst = countRegister == nil || loadTick == nil
        countRegister = written
        switch mode {
        case .interruptOnTerminalCount, .softwareStrobe:
            outputBeforeLoad = mode == .softwareStrobe
            loadedCount = written
            loadTick = tick + 1
            nullUntil = tick + 1
            stoppedAfter = gate ? nil : 0
        case .rateGenerator, .squareWave:
            writeReload(written, isFirst: isFirst)
        case .hardwareOneShot, .hardwareStrobe:
            nullUntil = .max
        }
    }

    /// In the periodic modes a new count waits for the end of the period, or of the half period of a square wave.
    private mutating func writeReload(_ written: UInt64, isFirst: Bool) {
        guard gate else {
            nullUntil = .max
            return
        }
        guard let loadTick, !isFirst, tick >= loadTick else {
            loadedCount = written
            isHighHalf = true
            self.loadTick = tick + 1
            nullUntil = tick + 1
            return
        }
        let length = mode == .rateGenerator ? loadedCount : Self.halfPeriod(of: loadedCount, high: isHighHalf)
        nullUntil = loadTick + length
    }

    mutating func readByte() -> UInt8 {
        if let status = latchedStatus {
            latchedStatus = nil
            return status
        }
        let count = latchedCount ?? self.count
        switch access {
        case .low:
            latchedCount = nil
            return UInt8(truncatingIfNeeded: count)
        case .high:
            latchedCount = nil
            return UInt8(truncatingIfNeeded: count >> 8)
        case .lowThenHigh:
            guard readsHighByte else {
                readsHighByte = true
                return UInt8(truncatingIfNeeded: count)
            }
            readsHighByte = false
            latchedCount = nil
            return UInt8(truncatingIfNeeded: count >> 8)
        }
    }

    /// Latches the count until it is read. A count that is latched already stays.
    mutating func latchCount() {
        if latchedCount == nil { latchedCount = count }
    }

    /// Latches the status until it is read. A status that is latched already stays.
    mutating func latchStatus() {
        guard latchedStatus == nil else { return }
        var status: Status = []
        if output { status.insert(.output) }
        if tick < nullUntil { status.insert(.nullCount) }
        latchedStatus = status.rawValue | programming
    }

    /// The present value of the counting element.
    private var count: UInt16 {
        let modulus: UInt64 = isDecimal ? 10_000 : 0x1_0000
        let value: UInt64
        switch (mode, elapsed) {
        case (_, nil): value = loadedCount
        case (.rateGenerator, let elapsed?): value = loadedCount - min(elapsed, loadedCount)
        case (.squareWave, let elapsed?): value = (loadedCount & ~1) - min(2 * elapsed, loadedCount & ~1)
        case (_, let elapsed?): value = loadedCount + modulus - elapsed % modulus
        }
        return Self.encoded(value % modulus, isDecimal: isDecimal)
    }

    /// The number of ticks of a written count; 0 means the largest.
    private static func ticks(of count: UInt16, isDecimal: Bool) -> UInt64 {
        guard isDecimal else { return count == 0 ? 0x1_0000 : UInt64(count) }
        let decimal = BinaryCodedDecimal.decode(count) % 10_000
        return decimal == 0 ? 10_000 : decimal
    }

    private static func encoded(_ value: UInt64, isDecimal: Bool) -> UInt16 {
        isDecimal ? BinaryCodedDecimal.encode(value) : UInt16(truncatingIfNeeded: value)
    }
}
