import Devices

/// Takes the input for a sequence of port accesses, interrupt lines and leaps of time, as a hostile guest would make
/// them, and gives each to every device it can concern. A trap is the finding; so is a device that, made anew from its
/// state, is another.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDevices(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var script = Script(bytes: UnsafeBufferPointer(start: start, count: count)[...])
    var board = Board()
    while let step = script.nextStep() {
        board.take(step)
    }
    return 0
}

/// One access: three bytes of the input say where and what, a fourth how much time passes before it.
struct Step {
    let selector: UInt8
    let register: UInt8
    let value: UInt8
    let nanoseconds: UInt64
}

/// The input, read as steps.
struct Script {
    var bytes: Slice<UnsafeBufferPointer<UInt8>>

    /// The next step, or nil at the end. Time passes by powers of two: most leaps are short, and some are centuries.
    mutating func nextStep() -> Step? {
        guard bytes.count >= 4 else { return nil }
        let start = bytes.startIndex
        defer { bytes = bytes.dropFirst(4) }
        return Step(
            selector: bytes[start],
            register: bytes[start + 1],
            value: bytes[start + 2],
            nanoseconds: 1 << UInt64(bytes[start + 3] & 63)
        )
    }
}

/// The devices, each alone.
struct Board {
    var now = MachineTime.start
    var interrupts = InterruptController8259()
    var timer = IntervalTimer8254()
    var clock = RealTimeClock(date: WallClock(secondsSince1970: 1_700_000_000))
    var serial = UART16550()

    mutating func take(_ step: Step) {
        now = now.advanced(byNanoseconds: step.nanoseconds)
        switch step.selector % 12 {
        case 0: _ = interrupts.read(pick(step.register))
        case 1: interrupts.write(pick(step.register), step.value)
        case 2: interrupts.setLine(Int(step.register % 16), step.value & 1 == 1)
        case 3: _ = interrupts.acknowledge()
        case 4: _ = timer.read(pick(step.register), now: now)
        case 5: timer.write(pick(step.register), step.value, now: now)
        case 6: timer.setSpeakerGate(step.value & 1 == 1, now: now)
        case 7: _ = clock.read(pick(step.register), now: now)
        case 8: clock.write(pick(step.register), step.value, now: now)
        case 9: _ = serial.read(pick(step.register))
        case 10: _ = serial.write(pick(step.register), step.value)
        default: serial.receive(step.value)
        }
        advance()
        checkStates()
    }

    /// What the machine does between exits.
    private mutating func advance() {
        timer.advance(to: now)
        clock.advance(to: now)
        _ = timer.takeInterruptEdge()
        for deadline in [timer.nextDeadline(after: now), clock.nextDeadline(after: now)] {
            precondition(deadline ?? .latest >= now, "a deadline in the past")
        }
    }

    private func checkStates() {
        precondition(InterruptController8259(state: interrupts.state).state == interrupts.state)
        precondition(IntervalTimer8254(state: timer.state).state == timer.state)
        precondition(RealTimeClock(state: clock.state).state == clock.state)
        precondition(UART16550(state: serial.state).state == serial.state)
    }

    private func pick<Register: CaseIterable>(_ number: UInt8) -> Register where Register.AllCases == [Register] {
        Register.allCases[Int(number) % Register.allCases.count]
    }
}
