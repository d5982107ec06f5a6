public import Platform

/// The PC's 8254 interval timer. It has three counters: the first drives interrupt line 0, the second once refreshed
/// memory, and the third has its gate and output in port 0x61 (Intel 8254 data sheet).
///
/// Counting is not simulated pulse by pulse: every output and count is computed from the tick of the exact
/// ``ClockRate/intervalTimer`` at which the count was loaded.
public struct IntervalTimer8254: Sendable {
    /// The timer's ports.
    public typealias Register = IntervalTimerPort

    /// One of the three counters.
    public enum CounterNumber: UInt8, CaseIterable, Sendable {
        /// Drives interrupt line 0; its gate is always high.
        case zero
        /// Unused, because memory refreshes itself now; its gate is always high.
        case one
        /// Drives the speaker; its gate is bit 0 of port 0x61.
        case two
    }

    /// Everything that the timer remembers.
    public struct State: Hashable, Sendable {
        var counter0 = Counter.poweredOn(gate: true)
        var counter1 = Counter.poweredOn(gate: true)
        var counter2 = Counter.poweredOn(gate: false)

        subscript(number: CounterNumber) -> Counter {
            get {
                switch number {
                case .zero: counter0
                case .one: counter1
                case .two: counter2
                }
            }
            set {
                switch number {
                case .zero: counter0 = newValue
                case .one: counter1 = newValue
                case .two: counter2 = newValue
                }
            }
        }
    }

    /// What the timer remembers.
    public private(set) var state: State

    /// A timer as a PC has it at power-on: every counter whose gate is high makes a square wave of its largest period,
    /// 55 ms.
    ///
    /// The chip's data sheet leaves this undefined, but guests rely on what PCs do. Linux waits for counter 0's status
    /// to show that a count is loaded.
    public init() { state = State() }

    /// A timer as it was.
    public init(state: State) { self.state = state }

    /// Whether counter 0's output has risen since the last call. This is an edge for interrupt line 0 even if the
    /// output has fallen or pulsed since then.
    public mutating func takeInterruptEdge() -> Bool { state.counter0.takeRise() }

    /// The level of a counter's output, as of the last access or ``advance(to:)``.
    public func output(of counter: CounterNumber) -> Bool { state[counter].output }

    /// Sets the gate of counter 2: bit 0 of port 0x61.
    public mutating func setSpeakerGate(_ level: Bool, now: MachineTime) {
        advance(to: now)
        state.counter2.setGate(level)
    }

    /// Advances the outputs to `now`.
    public mutating func advance(to now: MachineTime) {
        let tick = ClockRate.intervalTimer.tick(at: now)
        state.counter0.advance(to: tick)
        state.counter1.advance(to: tick)
        state.counter2.advance(to: tick)
    }

    /// When counter 0's output next rises, if it does. Never before `now`.
    public func nextDeadline(after now: MachineTime) -> MachineTime? {
        guard let tick = state.counter0.nextRise else { return nil }
        return max(now, ClockRate.intervalTimer.time(ofTick: tick))
    }

    /// Reads a port.
    public mutating func read(_ register: Register, now: MachineTime) -> UInt8 {
        advance(to: now)
        switch register {
        case .counter0: return state.counter0.readByte()
        case .counter1: return state.counter1.readByte()
        case .counter2: return state.counter2.readByte()
        case .control: return 0xFF
        }
    }

    /// Writes a port.
    public mutating func write(_ register: Register, _ value: UInt8, now: MachineTime) {
        advance(to: now)
        switch register {
        case .counter0: state.counter0.writeByte(value)
        case .counter1: state.counter1.writeByte(value)
        case .counter2: state.counter2.writeByte(value)
        case .control: writeControl(ControlWord(rawValue: value))
        }
    }

    private mutating func writeControl(_ word: ControlWord) {
        guard let number = word.counter else {
            for number in CounterNumber.allCases where word.readsBack(number) {
                if word.readsBackCount { state[number].latchCount() }
                if word.readsBackStatus { state[number].latchStatus() }
            }
            return
        }
        guard let access = word.access else {
            state[number].latchCount()
            return
        }
        state[number].program(word, access: access)
    }
}
