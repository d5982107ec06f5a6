extension IntervalTimer8254 {
    /// A byte written to the control port ("Control Word Format" and "Read-Back Command Format").
    struct ControlWord: RawRepresentable {
        let rawValue: UInt8

        /// SC1 and SC0: the counter that is programmed or latched; nil for a read-back command.
        var counter: CounterNumber? { CounterNumber(rawValue: rawValue >> 6) }

        /// RW1 and RW0: how the count is read and written; nil for a counter latch command.
        var access: Counter.Access? { Counter.Access(rawValue: rawValue >> 4 & 3) }

        /// M2 to M0, where 6 and 7 mean 2 and 3.
        var mode: Counter.Mode {
            switch rawValue >> 1 & 7 {
            case 0: .interruptOnTerminalCount
            case 1: .hardwareOneShot
            case 2, 6: .rateGenerator
            case 3, 7: .squareWave
            case 4: .softwareStrobe
            default: .hardwareStrobe
            }
        }

        /// RW, M and BCD as they were written.
        var programming: UInt8 { rawValue & 0x3F }

        /// BCD: four decades instead of sixteen bits.
        var isDecimal: Bool { rawValue & 1 != 0 }

        /// In a read-back command, bits 1 to 3 select the counters.
        func readsBack(_ counter: CounterNumber) -> Bool { rawValue & (2 << counter.rawValue) != 0 }

        /// In a read-back command, COUNT is low: the counts are latched.
        var readsBackCount: Bool { rawValue & 1 << 5 == 0 }

        /// In a read-back command, STATUS is low: the statuses are latched.
        var readsBackStatus: Bool { rawValue & 1 << 4 == 0 }
    }
}
