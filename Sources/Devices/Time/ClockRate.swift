/// The exact frequency of a clock, as a fraction, and the conversion between its ticks and the machine's time.
///
/// Both directions are computed from the machine's start, so rounding errors never add up.
public struct ClockRate: Hashable, Sendable {
    private let ticks: UInt64
    private let nanoseconds: UInt64

    /// A clock with `ticks` ticks in every `seconds` seconds; at most one tick per nanosecond.
    init(ticks: UInt64, seconds: UInt64) {
        precondition(ticks > 0 && seconds > 0 && ticks / seconds <= MachineTime.nanosecondsPerSecond)
        self.ticks = ticks
        self.nanoseconds = seconds * MachineTime.nanosecondsPerSecond
    }

    /// The 8254's clock on a PC: 105/88 MHz, a twelfth of the 14.318 MHz colour burst crystal.
    public static let intervalTimer = ClockRate(ticks: 13_125_000, seconds: 11)

    /// The ACPI power management timer: 315/88 MHz, three times the 8254's clock (ACPI 6.5, 4.8.2.1).
    public static let powerManagementTimer = ClockRate(ticks: 39_375_000, seconds: 11)

    /// The MC146818's 32.768 kHz crystal.
    public static let realTimeClock = ClockRate(ticks: 32_768, seconds: 1)

    /// The local APIC timer's input before its divider: 1 GHz.
    public static let localAPICTimer = ClockRate(ticks: 1_000_000_000, seconds: 1)

    /// Whole ticks since the machine started.
    public func tick(at time: MachineTime) -> UInt64 {
        UInt64(clamping: UInt128(time.nanoseconds) * UInt128(ticks) / UInt128(nanoseconds))
    }

    /// The first time at which ``tick(at:)`` is `tick`, or the latest time that can be represented.
    public func time(ofTick tick: UInt64) -> MachineTime {
        let product = UInt128(tick) * UInt128(nanoseconds)
        return MachineTime(nanoseconds: UInt64(clamping: (product + UInt128(ticks) - 1) / UInt128(ticks)))
    }
}
