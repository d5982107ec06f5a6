internal import ByteCoding
public import Platform
public import X86

/// The fixed registers of ACPI: the PM1 events and control, and the power management timer (ACPI 6.5, 4.8.3).
///
/// They are in 12 ports from a base that the board, or the PIIX4's configuration space, chooses.
public struct PowerManagement: Sendable {
    /// Offsets from the base.
    public typealias Register = PowerRegister

    /// The width of the timer, which the tables give as TMR_VAL_EXT.
    public enum TimerWidth: UInt8, Sendable {
        /// 24 bits: wraps every 4.7 seconds.
        case bits24 = 24
        /// 32 bits: wraps every 20 minutes.
        case bits32 = 32
    }

    /// The guest's request to sleep: it wrote SLP_EN with an SLP_TYP from the tables.
    public struct SleepRequest: Hashable, Sendable {
        /// SLP_TYP, 0 to 7.
        public let type: UInt8

        /// The type that the PIIX4 takes for soft-off, S5: the one that its `_S5` object names.
        public static let softOff = SleepRequest(type: PowerControl.softOffType)
    }

    /// Everything that the registers remember.
    public struct State: Hashable, Sendable {
        var status: Events = []
        var enabled: Events = []
        var control: Control = []
        var timerWidth: TimerWidth
        var now = MachineTime.start
    }

    /// ACPI_ENABLE: the value that hands the registers over to the guest.
    public static let enableCommand: UInt8 = 0xF1

    /// ACPI_DISABLE: the value that takes them back.
    public static let disableCommand: UInt8 = 0xF0

    /// What the registers remember.
    public private(set) var state: State

    /// Registers after reset.
    public init(timerWidth: TimerWidth = .bits24) { state = State(timerWidth: timerWidth) }

    /// Registers as they were.
    public init(state: State) { self.state = state }

    /// The system control interrupt, level-triggered, line 9 of a PC.
    public var interruptLine: Bool {
        state.control.contains(.interruptEnable) && !state.status.isDisjoint(with: state.enabled)
    }

    /// The user presses the power button.
    public mutating func pressPowerButton() { state.status.insert(.powerButton) }

    /// The guest writes SMI_CMD. ``enableCommand`` sets SCI_EN and ``disableCommand`` clears it, as firmware would.
    public mutating func writeCommand(_ value: UInt8) {
        if value == Self.enableCommand { state.control.insert(.interruptEnable) }
        if value == Self.disableCommand { state.control.remove(.interruptEnable) }
    }

    /// Advances the timer to `now`. A change of its highest bit is an event.
    public mutating func advance(to now: MachineTime) {
        guard now > state.now else { return }
        let before = halfWraps
        state.now = now
        if halfWraps != before { state.status.insert(.timer) }
    }

    /// When the timer next raises the interrupt line; nil if it does not, or if the line is already high. Never before
    /// `now`.
    public func nextDeadline(after now: MachineTime) -> MachineTime? {
        let isArmed = state.control.contains(.interruptEnable) && state.enabled.contains(.timer)
        guard isArmed, !interruptLine else { return nil }
        let tick = (halfWraps + 1) << UInt64(state.timerWidth.rawValue - 1)
        return max(now, ClockRate.powerManagementTimer.time(ofTick: tick))
    }

    /// How often the timer's highest bit has changed.
    private var halfWraps: UInt64 { tick >> UInt64(state.timerWidth.rawValue - 1) }

    private var tick: UInt64 { ClockRate.powerManagementTimer.tick(at: state.now) }

    /// Reads at an offset from the base, from any of the registers.
    public mutating func read(at offset: UInt16, _ size: AccessSize, now: MachineTime) -> UInt32 {
        advance(to: now)
        let timer = tick & (UInt64.max >> UInt64(64 - state.timerWidth.rawValue))
        let low = UInt64(state.status.rawValue) | UInt64(state.enabled.rawValue) << 16
        let image: [UInt64] = [low | UInt64(state.control.rawValue) << 32, timer]
        let value = LittleEndian.number(byteCount: min(size.byteCount, 4)) { index in
            let position = Int(offset) + index
            return position < Register.portCount ? LittleEndian.byte(position % 8, of: image[position / 8]) : 0xFF
        }
        return UInt32(value)
    }

    /// Writes at an offset from the base; returns a request to sleep, if this is one.
    public mutating func write(at offset: UInt16, _ size: AccessSize, _ value: UInt32, now: MachineTime)
        -> SleepRequest?
    {
        advance(to: now)
        var request: SleepRequest?
        for index in 0..<min(size.byteCount, 4) {
            let byte = LittleEndian.byte(index, of: value)
            request = writeByte(at: Int(offset) + index, byte) ?? request
        }
        return request
    }

    private mutating func writeByte(at offset: Int, _ byte: UInt8) -> SleepRequest? {
        let shift = UInt16(offset & 1) * 8
        let written = UInt16(byte) << shift
        let others = ~(UInt16(0xFF) << shift)
        switch offset & ~1 {
        case Int(Register.status.rawValue):
            state.status.subtract(Events(rawValue: written))
        case Int(Register.enable.rawValue):
            state.enabled = Events(rawValue: state.enabled.rawValue & others | written).intersection(.enableable)
        case Int(Register.control.rawValue):
            // SLP_EN takes effect but is not stored.
            let control = Control(rawValue: state.control.rawValue & others | written)
            state.control = control.intersection(.kept)
            guard control.contains(.sleepEnable) else { return nil }
            return SleepRequest(type: control.requestedSleepType)
        default: break
        }
        return nil
    }
}

extension PowerManagement {
    /// Bits of PM1_STS and PM1_EN.
    struct Events: OptionSet, Hashable {
        let rawValue: UInt16
        static let timer = Self(rawValue: 1 << 0)
        static let globalLock = Self(rawValue: 1 << 5)
        static let powerButton = Self(rawValue: 1 << 8)
        static let sleepButton = Self(rawValue: 1 << 9)
        static let realTimeClock = Self(rawValue: 1 << 10)
        static let enableable: Self = [.timer, .globalLock, .powerButton, .sleepButton, .realTimeClock]
    }

    /// Bits of PM1_CNT. SLP_TYP is in bits 10 to 12.
    typealias Control = PowerControl
}
