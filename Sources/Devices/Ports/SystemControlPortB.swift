/// Port 0x61: the speaker's gate, and the readable part of the timer (82371SB data sheet, NMI Status and Control).
public struct SystemControlPortB: Sendable {
    /// Bits of the port.
    public struct Bits: OptionSet, Hashable, Sendable {
        /// The bits as the guest sees them.
        public let rawValue: UInt8
        /// Bits as the guest sees them.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The gate of the 8254's counter 2.
        public static let timerGate = Self(rawValue: 1 << 0)
        /// Lets the counter's output through to the speaker.
        public static let speaker = Self(rawValue: 1 << 1)
        /// Disables SERR#; kept, but without effect.
        public static let systemErrorDisable = Self(rawValue: 1 << 2)
        /// Disables IOCHK#; kept, but without effect.
        public static let channelCheckDisable = Self(rawValue: 1 << 3)
        /// Toggles with every memory refresh, about every 15 microseconds. Read only.
        public static let refresh = Self(rawValue: 1 << 4)
        /// The output of the 8254's counter 2. Read only.
        public static let timerOutput = Self(rawValue: 1 << 5)

        static let writable: Bits = [.timerGate, .speaker, .systemErrorDisable, .channelCheckDisable]
    }

    /// What the port remembers: the bits that were written.
    public struct State: Hashable, Sendable {
        var written: Bits = []
    }

    /// How many ticks of the 8254 are between two refreshes, as PCs programmed its counter 1.
    private static let refreshTicks: UInt64 = 18

    /// What the port remembers.
    public private(set) var state: State

    /// The port after reset: gate and speaker off.
    public init() { state = State() }

    /// The port as it was.
    public init(state: State) { self.state = state }

    /// The level of the gate of the 8254's counter 2.
    public var timerGate: Bool { state.written.contains(.timerGate) }

    /// Reads the port; `timerOutput` is the output of the 8254's counter 2 at `now`.
    public func read(timerOutput: Bool, now: MachineTime) -> UInt8 {
        var bits = state.written
        if timerOutput { bits.insert(.timerOutput) }
        if ClockRate.intervalTimer.tick(at: now) / Self.refreshTicks & 1 != 0 { bits.insert(.refresh) }
        return bits.rawValue
    }

    /// Writes the port. The board then sets the timer's gate from ``timerGate``.
    public mutating func write(_ value: UInt8) {
        state.written = Bits(rawValue: value).intersection(.writable)
    }
}
