public import Platform

/// The PC's 8042 keyboard controller with a keyboard and nothing at its mouse connector (IBM PS/2 hardware reference,
/// keyboard and auxiliary device controller). It also gates address line 20 and resets the processor.
public struct KeyboardController8042: Sendable {
    /// The controller's ports.
    public typealias Register = KeyboardPort

    /// Everything that the controller and its keyboard remember.
    public struct State: Hashable, Sendable {
        var keyboard = Keyboard()
        var configuration: Configuration = [.keyboardInterrupt, .systemFlag, .translates]
        var addressLine20 = true
        /// The last setting that the guest wrote for the line, until it is read.
        var writtenAddressLine20: Bool?
        /// The byte in the output buffer.
        var output: UInt8?
        /// The previous byte, which a further read of the buffer still shows.
        var lastOutput: UInt8 = 0
        var outputIsAuxiliary = false
        var timedOut = false
        var lastWriteWasCommand = false
        /// A command that waits for its argument.
        var pending: UInt8?
        /// The keyboard sent the prefix of a released key, which translation turns into a bit of the next byte.
        var isRelease = false
        var keyboardEdge = false
        var auxiliaryEdge = false
    }

    /// What the controller and its keyboard remember.
    public private(set) var state: State

    /// A controller as firmware leaves it: translation to set 1 and the keyboard's interrupt are enabled, and address
    /// line 20 is open.
    public init() { state = State() }

    /// A controller as it was.
    public init(state: State) { self.state = state }

    /// Whether address line 20 is open.
    public var addressLine20: Bool { state.addressLine20 }

    /// Interrupt line 1: a byte from the keyboard is waiting.
    public var keyboardInterruptLine: Bool {
        state.output != nil && !state.outputIsAuxiliary && state.configuration.contains(.keyboardInterrupt)
    }

    /// Interrupt line 12: a byte from the auxiliary device is waiting.
    public var auxiliaryInterruptLine: Bool {
        state.output != nil && state.outputIsAuxiliary && state.configuration.contains(.auxiliaryInterrupt)
    }

    /// Whether line 1 has risen since the last call. A byte that follows another at once counts as an edge although the
    /// line stays high.
    public mutating func takeKeyboardEdge() -> Bool {
        defer { state.keyboardEdge = false }
        return state.keyboardEdge
    }

    /// Whether line 12 has risen since the last call.
    public mutating func takeAuxiliaryEdge() -> Bool {
        defer { state.auxiliaryEdge = false }
        return state.auxiliaryEdge
    }

    /// Whether the guest has opened or masked address line 20 since the last call; nil if it has done neither.
    public mutating func takeAddressLine20() -> Bool? {
        defer { state.writtenAddressLine20 = nil }
        return state.writtenAddressLine20
    }

    /// The user presses or releases a key. False if the key is lost, because the keyboard has no room for it or is
    /// disabled.
    public mutating func setKey(_ key: ScanCode, isPressed: Bool) -> Bool {
        let isTaken = state.keyboard.send(key, isPressed: isPressed)
        fillOutput()
        return isTaken
    }

    /// Reads a port.
    public mutating func read(_ register: Register) -> UInt8 {
        guard register == .data else { return status.rawValue }
        guard let output = state.output else { return state.lastOutput }
        state.output = nil
        state.outputIsAuxiliary = false
        state.timedOut = false
        fillOutput()
        return output
    }

    /// Writes a port; returns whether this resets the processor.
    public mutating func write(_ register: Register, _ value: UInt8) -> Bool {
        state.lastWriteWasCommand = register == .command
        guard register == .data else { return perform(value) }
        guard let pending = state.pending else {
            state.configuration.remove(.keyboardDisabled)
            state.keyboard.receive(value)
            fillOutput()
            return false
        }
        state.pending = nil
        return take(value, for: pending)
    }

    private var status: Status {
        var status: Status = [.unlocked]
        if state.output != nil { status.insert(.outputFull) }
        if state.output != nil, state.outputIsAuxiliary { status.insert(.auxiliaryOutput) }
        if state.timedOut { status.insert(.timeout) }
        if state.configuration.contains(.systemFlag) { status.insert(.systemFlag) }
        if state.lastWriteWasCommand { status.insert(.command) }
        return status
    }

    /// Moves the keyboard's next byte into the output buffer if that is empty.
    private mutating func fillOutput() {
        guard !state.configuration.contains(.keyboardDisabled) else { return }
        while state.output == nil, let byte = state.keyboard.takeByte() {
            guard state.configuration.contains(.translates) else {
                put(byte)
                continue
            }
            if byte == ScanCode.releasePrefix {
                state.isRelease = true
                continue
            }
            put(ScanCode.translated(byte) | (state.isRelease ? ScanCode.releaseBit : 0))
            state.isRelease = false
        }
    }

    private mutating func put(_ byte: UInt8, isAuxiliary: Bool = false) {
        state.output = byte
        state.lastOutput = byte
        state.outputIsAuxiliary = isAuxiliary
        if keyboardInterruptLine { state.keyboardEdge = true }
        if auxiliaryInterruptLine { state.auxiliaryEdge = true }
    }
}

extension KeyboardController8042 {
    private mutating func perform(_ value: UInt8) -> Bool {
        state.pending = nil
        guard let command = Command(rawValue: value) else {
            // Pulses the output port's bits that are 0 in the command; bit 0 is the reset line.
            return value >= Command.firstPulse && value & Command.resetLine == 0
        }
        switch command {
        case .readConfiguration: put(state.configuration.rawValue)
        case .disableAuxiliary: state.configuration.insert(.auxiliaryDisabled)
        case .enableAuxiliary: state.configuration.remove(.auxiliaryDisabled)
        case .testAuxiliary, .testKeyboard: put(Self.linePassed)
        case .selfTest: put(Self.selfTestPassed)
        case .disableKeyboard: state.configuration.insert(.keyboardDisabled)
        case .enableKeyboard:
            state.configuration.remove(.keyboardDisabled)
            fillOutput()
        case .readInputPort: put(Self.inputPort)
        case .readOutputPort: put(outputPort.rawValue)
        case .writeConfiguration, .writeOutputPort, .writeKeyboardOutput, .writeAuxiliaryOutput, .writeAuxiliary:
            state.pending = value
        case .disableAddressLine20: gateAddressLine20(false)
        case .enableAddressLine20: gateAddressLine20(true)
        }
        return false
    }

    private mutating func take(_ argument: UInt8, for pending: UInt8) -> Bool {
        switch Command(rawValue: pending) {
        case .writeConfiguration:
            state.configuration = Configuration(rawValue: argument).intersection(.implemented)
            fillOutput()
        case .writeOutputPort:
            let port = OutputPort(rawValue: argument)
            gateAddressLine20(port.contains(.addressLine20))
            return !port.contains(.notReset)
        case .writeKeyboardOutput: put(argument)
        case .writeAuxiliaryOutput: put(argument, isAuxiliary: true)
        case .writeAuxiliary:
            // No mouse is there to answer.
            state.timedOut = true
            put(Keyboard.Answer.resend, isAuxiliary: true)
        default: break
        }
        return false
    }

    private mutating func gateAddressLine20(_ isLetThrough: Bool) {
        state.addressLine20 = isLetThrough
        state.writtenAddressLine20 = isLetThrough
    }

    private var outputPort: OutputPort {
        var port: OutputPort = [.notReset]
        if state.addressLine20 { port.insert(.addressLine20) }
        if keyboardInterruptLine { port.insert(.keyboardInterrupt) }
        if auxiliaryInterruptLine { port.insert(.auxiliaryInterrupt) }
        return port
    }
}
