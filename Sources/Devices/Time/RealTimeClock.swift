public import Platform

/// The MC146818A real-time clock with the 128 bytes of CMOS memory of a PC, and the century in byte 0x32.
///
/// The date is not counted second by second, but computed from the machine's time and the date at its start.
public struct RealTimeClock: Sendable {
    /// The clock's ports.
    public typealias Register = ClockPort

    /// Everything that the clock remembers.
    public struct State: Hashable, Sendable {
        var index: UInt8 = 0
        var disablesNMI = false
        /// The 128 bytes. Those of the date are valid only while the clock is stopped.
        var memory: [UInt8]
        var flags: Flags = []
        /// The date when ``RealTimeClock/position`` was 0.
        var secondsAtOrigin: Int64
        /// How many days the guest's day of the week differs from the calendar's.
        var dayOfWeekOffset: Int64 = 0
        /// The machine's time plus this is the position of the divider chain, whose whole seconds are the updates.
        var phase: UInt64
        /// The time up to which the flags have been advanced.
        var now = MachineTime.start
    }

    /// What the clock remembers.
    public internal(set) var state: State

    /// A running clock that shows `date` when the machine starts, in 24-hour and BCD format, with zeroed memory.
    public init(date: WallClock) {
        var memory = [UInt8](repeating: 0, count: Self.byteCount)
        memory[Int(Byte.registerA.rawValue)] = ControlA.running.rawValue | ControlA.defaultRate
        memory[Int(Byte.registerB.rawValue)] = ControlB.twentyFourHours.rawValue
        state = State(memory: memory, secondsAtOrigin: date.seconds, phase: UInt64(date.nanoseconds))
    }

    /// A clock as it was.
    public init(state: State) { self.state = state }

    /// The size of the memory in bytes, including the clock's registers.
    public static let byteCount = 128

    /// Interrupt line 8: IRQF.
    public var interruptLine: Bool { !state.flags.intersection(enabledFlags).isEmpty }

    /// Whether the guest has disabled the non-maskable interrupt with bit 7 of port 0x70.
    public var disablesNMI: Bool { state.disablesNMI }

    /// The bytes after the clock's registers, 0x0E to 0x7F, which the board uses to describe the machine to its
    /// firmware. The clock's own bytes, including the century, and indexes above 0x7F read as 0 and cannot be written
    /// here.
    public subscript(memory index: UInt8) -> UInt8 {
        get { Self.isMemory(index) ? state.memory[Int(index)] : 0 }
        set { if Self.isMemory(index) { state.memory[Int(index)] = newValue } }
    }

    static func isMemory(_ index: UInt8) -> Bool { index < byteCount && Byte(rawValue: index) == nil }

    /// Reads a port.
    public mutating func read(_ register: Register, now: MachineTime) -> UInt8 {
        advance(to: now)
        guard register == .data else { return 0xFF }
        guard let byte = Byte(rawValue: state.index) else { return state.memory[Int(state.index)] }
        switch byte {
        case .registerA:
            return control(.registerA) | (isUpdating ? ControlA.updateInProgress.rawValue : 0)
        case .registerC:
            let flags = state.flags
            let line = interruptLine
            state.flags = []
            return flags.rawValue | (line ? Flags.interruptRequest.rawValue : 0)
        case .registerD: return Self.validRAMAndTime
        case .registerB, .secondsAlarm, .minutesAlarm, .hoursAlarm: return control(byte)
        case .seconds, .minutes, .hours, .dayOfWeek, .dayOfMonth, .month, .year, .century:
            return isCounting ? encodedDate(byte, at: second) : control(byte)
        }
    }

    /// Writes a port.
    public mutating func write(_ register: Register, _ value: UInt8, now: MachineTime) {
        advance(to: now)
        guard register == .data else {
            state.index = value & Register.indexMask
            state.disablesNMI = value & 0x80 != 0
            return
        }
        guard let byte = Byte(rawValue: state.index) else {
            state.memory[Int(state.index)] = value
            return
        }
        switch byte {
        case .registerA: writeControlA(value & ~ControlA.updateInProgress.rawValue)
        case .registerB: writeControlB(ControlB(rawValue: value))
        case .registerC, .registerD: break
        case .secondsAlarm, .minutesAlarm, .hoursAlarm: state.memory[Int(byte.rawValue)] = value
        case .seconds, .minutes, .hours, .dayOfWeek, .dayOfMonth, .month, .year, .century:
            let wasCounting = isCounting
            if wasCounting { storeDate() }
            state.memory[Int(byte.rawValue)] = value
            if wasCounting { loadDate() }
        }
    }

    /// The effect of the reset line: no interrupt is enabled or pending. The date advances, and memory keeps its
    /// contents.
    public mutating func reset(at now: MachineTime) {
        advance(to: now)
        writeControlB(controlB.subtracting([.periodicInterrupt, .alarmInterrupt, .updateEndedInterrupt, .squareWave]))
        (state.flags, state.index, state.disablesNMI) = ([], 0, false)
    }

    private mutating func writeControlA(_ value: UInt8) {
        let wasCounting = isCounting
        let wasDividing = isDividing
        if wasCounting { storeDate() }
        state.memory[Int(Byte.registerA.rawValue)] = value
        if isDividing && !wasDividing {
            // The first update comes half a second after the divider chain is released.
            let beyond = state.now.nanoseconds % MachineTime.nanosecondsPerSecond
            let wanted = MachineTime.nanosecondsPerSecond * 3 / 2
            state.phase = (wanted - beyond) % MachineTime.nanosecondsPerSecond
        }
        if isCounting { loadDate() }
    }

    private mutating func writeControlB(_ written: ControlB) {
        let wasCounting = isCounting
        var control = written
        // Setting SET clears UIE.
        if control.contains(.set) { control.remove(.updateEndedInterrupt) }
        if wasCounting, control.contains(.set) { storeDate() }
        state.memory[Int(Byte.registerB.rawValue)] = control.rawValue
        if !wasCounting, isCounting { loadDate() }
    }
}
