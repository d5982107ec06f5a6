public import Platform

/// A 16550A serial port (National Semiconductor PC16550D data sheet).
///
/// Sending takes no time: the write returns the byte, and the transmitter is empty again at once. The host's end calls
/// ``receive(_:)`` as long as ``receiveRoom`` is not 0.
public struct UART16550: Sendable {
    /// Offsets from the port's base. With the divisor latch open, the first two are the divisor.
    public typealias Register = SerialRegister

    /// Everything that the port remembers.
    public struct State: Hashable, Sendable {
        var interruptEnable: InterruptEnable = []
        var lineControl: LineControl = []
        var modemControl: ModemControl = []
        var modemStatus: ModemStatus = []
        /// The error bits of the line status; the other bits follow from the rest.
        var lineErrors: LineStatus = []
        var scratch: UInt8 = 0
        /// 12 divides the 1.8432 MHz clock down to 9600 baud.
        var divisor: UInt16 = 12
        var usesFIFO = false
        var trigger = 1
        /// Received but not read yet, oldest first; never more than the FIFO holds.
        var received: [UInt8] = []
        var transmitterInterrupt = false
        /// What the other end of the line asserts.
        var lineInputs: ModemStatus
    }

    /// The capacity of the receive FIFO.
    public static let fifoDepth = 16

    /// What the port remembers.
    public internal(set) var state: State

    /// A port after reset, with the other end connected (CTS, DSR and DCD asserted) or not.
    public init(isConnected: Bool = true) {
        let inputs: ModemStatus = isConnected ? [.clearToSend, .dataSetReady, .dataCarrierDetect] : []
        state = State(modemStatus: inputs, lineInputs: inputs)
        state.received.reserveCapacity(Self.fifoDepth)
    }

    /// A port as it was.
    public init(state: State) { self.state = state }

    /// The INTRPT output. A PC connects it to the interrupt controller only if OUT2 is set. But some guests forget OUT2
    /// and work in other emulators, so the board should connect it always.
    public var interruptLine: Bool { !state.interruptEnable.isEmpty && pendingInterrupt != nil }

    /// The bit rate of the divisor; nil for a divisor of 0.
    public var baudRate: Int? { state.divisor == 0 ? nil : 115_200 / Int(state.divisor) }

    /// How many bytes can be received before one is lost.
    public var receiveRoom: Int {
        max(0, (state.usesFIFO ? Self.fifoDepth : 1) - state.received.count)
    }

    /// A byte arrives from the other end of the line. If there is no room, it is lost and the guest sees an overrun. In
    /// loop-back mode the line is disconnected and the byte is lost silently.
    public mutating func receive(_ byte: UInt8) {
        guard !state.modemControl.contains(.loopback) else { return }
        take(byte)
    }

    /// The other end of the line sends a break.
    public mutating func receiveBreak() {
        guard !state.modemControl.contains(.loopback) else { return }
        take(0)
        state.lineErrors.formUnion([.breakInterrupt, .framingError])
    }

    private mutating func take(_ byte: UInt8) {
        if receiveRoom > 0 {
            state.received.append(byte)
            return
        }
        state.lineErrors.insert(.overrunError)
        // Without a FIFO the new byte overwrites the old one; a full FIFO keeps what it has.
        if !state.usesFIFO { state.received[0] = byte }
    }

    /// Reads a register.
    public mutating func read(_ register: Register) -> UInt8 {
        switch register {
        case .data:
            if state.lineControl.contains(.divisorLatch) { return UInt8(truncatingIfNeeded: state.divisor) }
            return state.received.isEmpty ? 0 : state.received.removeFirst()
        case .interruptEnable:
            if state.lineControl.contains(.divisorLatch) { return UInt8(truncatingIfNeeded: state.divisor >> 8) }
            return state.interruptEnable.rawValue
        case .interruptIdentification:
            return readInterruptIdentification()
        case .lineControl: return state.lineControl.rawValue
        case .modemControl: return state.modemControl.rawValue
        case .lineStatus:
            let status = lineStatus
            state.lineErrors = []
            return status.rawValue
        case .modemStatus:
            let status = state.modemStatus
            state.modemStatus.subtract(.changes)
            return status.rawValue
        case .scratch: return state.scratch
        }
    }

    /// Writes a register; returns the byte that goes out on the line, if any.
    public mutating func write(_ register: Register, _ value: UInt8) -> UInt8? {
        switch register {
        case .data where state.lineControl.contains(.divisorLatch):
            state.divisor = state.divisor & 0xFF00 | UInt16(value)
        case .data:
            return transmit(value)
        case .interruptEnable where state.lineControl.contains(.divisorLatch):
            state.divisor = state.divisor & 0x00FF | UInt16(value) << 8
        case .interruptEnable:
            let enabled = InterruptEnable(rawValue: value).intersection(.implemented)
            // Enabling the transmitter-empty interrupt raises it at once.
            let isNew = enabled.contains(.transmitterEmpty) && !state.interruptEnable.contains(.transmitterEmpty)
            if isNew { state.transmitterInterrupt = true }
            state.interruptEnable = enabled
        case .interruptIdentification:
            writeFIFOControl(FIFOControl(rawValue: value))
        case .lineControl:
            state.lineControl = LineControl(rawValue: value)
        case .modemControl:
            state.modemControl = ModemControl(rawValue: value).intersection(.implemented)
            followModemInputs()
        case .lineStatus, .modemStatus: break
        case .scratch: state.scratch = value
        }
        return nil
    }

    private mutating func transmit(_ byte: UInt8) -> UInt8? {
        state.transmitterInterrupt = true
        guard state.modemControl.contains(.loopback) else { return byte }
        take(byte)
        return nil
    }

    private mutating func writeFIFOControl(_ control: FIFOControl) {
        let enables = control.contains(.enable)
        if enables != state.usesFIFO || control.contains(.resetReceiver) {
            state.received.removeAll(keepingCapacity: true)
        }
        state.usesFIFO = enables
        guard enables else { return }
        state.trigger = control.trigger
    }
}
