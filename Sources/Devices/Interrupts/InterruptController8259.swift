public import Platform

/// The PC's two 8259A interrupt controllers, the second on input 2 of the first, with the edge/level registers that the
/// PIIX3 puts beside them (Intel 8259A data sheet; 82371SB data sheet, 4.2.5).
///
/// Sixteen lines go in, and one goes out to the processor, which answers with ``acknowledge()`` and gets a vector. An
/// edge is remembered until it is acknowledged even if its line falls before, so that an interrupt that a host delivers
/// late is not lost. A level that falls before the acknowledgement gives the spurious vector.
public struct InterruptController8259: Sendable {
    /// The controllers' ports.
    public typealias Register = InterruptControllerPort

    /// Everything that the two controllers remember.
    public struct State: Hashable, Sendable {
        var primary = Chip()
        var secondary = Chip()
    }

    /// What the controllers remember.
    public private(set) var state: State

    /// Two controllers that have not been initialised: they raise no interrupt.
    public init() { state = State() }

    /// Controllers as they were.
    public init(state: State) { self.state = state }

    /// Sets the level of a line, 0 to 15. Other numbers, and line 2, which is the cascade, do nothing.
    public mutating func setLine(_ line: Int, _ level: Bool) {
        switch line {
        case 0..<8: state.primary.setLine(line, level)
        case 8..<16: state.secondary.setLine(line - 8, level)
        default: break
        }
    }

    /// Makes a rising edge on a line that then returns to its level, for an output that pulsed between two looks.
    public mutating func pulseLine(_ line: Int) {
        let wasHigh = level(of: line)
        setLine(line, false)
        setLine(line, true)
        setLine(line, wasHigh)
    }

    /// The level of one of the lines 0 to 15.
    public func level(of line: Int) -> Bool {
        switch line {
        case 0..<8: state.primary.lines & (1 << UInt8(line)) != 0
        case 8..<16: state.secondary.lines & (1 << UInt8(line - 8)) != 0
        default: false
        }
    }

    /// The lines that can cause a request, one bit for each.
    public var unmaskedLines: UInt16 {
        let first = state.primary.unmaskedInputs
        let cascade: UInt8 = 1 << Chip.cascadeInput
        let second = first & cascade == 0 ? 0 : state.secondary.unmaskedInputs
        return UInt16(second) << 8 | UInt16(first & ~cascade)
    }

    /// Whether the first controller requests an interrupt from the processor.
    public var interruptLine: Bool { state.primary.request(cascade: state.secondary.requests) != nil }

    /// The vector that ``acknowledge()`` would give now, if an interrupt is requested.
    public var pendingVector: UInt8? {
        guard interruptLine else { return nil }
        var copy = self
        return copy.acknowledge()
    }

    /// The processor's interrupt acknowledge cycle. It gives the vector of the highest request, which is in service
    /// from now on.
    ///
    /// If no request is left, it gives the spurious vector, that of line 7 or line 15, and no bit is in service.
    public mutating func acknowledge() -> UInt8 {
        guard let input = state.primary.request(cascade: state.secondary.requests) else {
            return state.primary.vector(of: Chip.spuriousInput)
        }
        state.primary.acknowledge(input)
        guard input == Chip.cascadeInput else { return state.primary.vector(of: input) }
        guard let secondaryInput = state.secondary.request() else {
            return state.secondary.vector(of: Chip.spuriousInput)
        }
        state.secondary.acknowledge(secondaryInput)
        return state.secondary.vector(of: secondaryInput)
    }

    /// Reads a port.
    public mutating func read(_ register: Register) -> UInt8 {
        switch register {
        case .primaryCommand: state.primary.readCommand(cascade: state.secondary.requests)
        case .primaryData: state.primary.readData(cascade: state.secondary.requests)
        case .secondaryCommand: state.secondary.readCommand()
        case .secondaryData: state.secondary.readData()
        case .primaryEdgeLevel: state.primary.levelTriggered
        case .secondaryEdgeLevel: state.secondary.levelTriggered
        }
    }

    /// Writes a port.
    public mutating func write(_ register: Register, _ value: UInt8) {
        switch register {
        case .primaryCommand: state.primary.writeCommand(value)
        case .primaryData: state.primary.writeData(value)
        case .secondaryCommand: state.secondary.writeCommand(value)
        case .secondaryData: state.secondary.writeData(value)
        // Lines 0, 1, 2, 8 and 13 are always edge-triggered.
        case .primaryEdgeLevel: state.primary.setLevelTriggered(value & 0b1111_1000)
        case .secondaryEdgeLevel: state.secondary.setLevelTriggered(value & 0b1101_1110)
        }
    }
}
