internal import Platform

extension RealTimeClock {
    /// The indexes of the bytes that are registers.
    typealias Byte = ClockRegister

    /// Register A.
    struct ControlA: OptionSet {
        let rawValue: UInt8
        /// UIP.
        static let updateInProgress = Self(rawValue: 1 << 7)
        /// DV2 to DV0 for a crystal of 32.768 kHz. Values above hold the divider chain in reset.
        static let running = Self(rawValue: 0b010 << 4)
        static let dividerMask = Self(rawValue: 0b111 << 4)
        /// RS3 to RS0.
        static let rateMask: UInt8 = 0b1111
        /// 1.024 kHz, as firmware sets it.
        static let defaultRate: UInt8 = 0b0110
    }

    /// Register B.
    struct ControlB: OptionSet {
        let rawValue: UInt8
        /// DSE; daylight saving is left to the guest.
        static let daylightSaving = Self(rawValue: 1 << 0)
        /// 24/12.
        static let twentyFourHours = Self(rawValue: 1 << 1)
        /// DM.
        static let binary = Self(rawValue: 1 << 2)
        /// SQWE; the output leads nowhere.
        static let squareWave = Self(rawValue: 1 << 3)
        /// UIE.
        static let updateEndedInterrupt = Self(rawValue: 1 << 4)
        /// AIE.
        static let alarmInterrupt = Self(rawValue: 1 << 5)
        /// PIE.
        static let periodicInterrupt = Self(rawValue: 1 << 6)
        /// SET: no updates.
        static let set = Self(rawValue: 1 << 7)
    }

    /// Register C, whose flags are at the same bits as their enable bits in register B.
    struct Flags: OptionSet, Hashable {
        let rawValue: UInt8
        /// UF.
        static let updateEnded = Self(rawValue: 1 << 4)
        /// AF.
        static let alarm = Self(rawValue: 1 << 5)
        /// PF.
        static let periodic = Self(rawValue: 1 << 6)
        /// IRQF.
        static let interruptRequest = Self(rawValue: 1 << 7)
        static let all: Self = [.updateEnded, .alarm, .periodic]
    }

    /// Register D: VRT.
    static let validRAMAndTime: UInt8 = 0x80

    /// Both upper bits of an alarm byte: any value matches.
    static let anyAlarm: UInt8 = 0xC0

    /// In the hours byte of the 12-hour mode: afternoon.
    static let afternoon: UInt8 = 0x80

    func control(_ byte: Byte) -> UInt8 { state.memory[Int(byte.rawValue)] }

    var controlB: ControlB { ControlB(rawValue: control(.registerB)) }

    var enabledFlags: Flags { Flags(rawValue: controlB.rawValue).intersection(.all) }

    /// Whether the divider chain is running.
    var isDividing: Bool { control(.registerA) & ControlA.dividerMask.rawValue <= ControlA.running.rawValue }

    /// Whether the date advances.
    var isCounting: Bool { isDividing && !controlB.contains(.set) }
}
