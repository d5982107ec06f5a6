internal import Platform
internal import TraceFormat
internal import X86

/// Works out from a guest's accesses to COM1 which bytes it received, and the latest moment at which each one can have
/// arrived.
struct SerialInput {
    /// A byte that the guest read.
    struct Typed {
        var byte: UInt8
        /// The exit after which the byte arrived.
        var anchor: PlannedInput.Anchor?
    }

    private static let data = SerialPort.com1.port(.data)
    private static let identification = SerialPort.com1.port(.interruptIdentification)
    private static let lineControl = SerialPort.com1.port(.lineControl)
    private static let lineStatus = SerialPort.com1.port(.lineStatus)

    private var isDivisor = false
    /// The arrival of a byte that the guest has seen and not yet read.
    private var arrival: Arrival?
    /// The last interrupt since a byte was read. A new byte may have caused it.
    private var interrupt: Arrival?

    private struct Arrival {
        var anchor: PlannedInput.Anchor?
    }

    /// Whether an event reads the port that gives the guest typed bytes.
    static func mayTake(_ event: Event) -> Bool {
        guard case .portRead(let access) = event else { return false }
        return access.port == data
    }

    /// The guest was interrupted after an exit.
    mutating func interrupted(behind anchor: PlannedInput.Anchor?) {
        if interrupt == nil { interrupt = Arrival(anchor: anchor) }
    }

    /// Examines an exit. `anchor` is the exit before it.
    ///
    /// - Returns: the byte that the guest received with this exit, if any.
    mutating func take(_ event: Event, before anchor: PlannedInput.Anchor?) -> Typed? {
        switch event {
        case .portWrite(let access) where access.port == Self.lineControl:
            isDivisor = SerialLineControl(rawValue: access.firstByte).contains(.divisorLatch)
        case .portRead(let access) where access.port == Self.lineStatus:
            if SerialLineStatus(rawValue: access.firstByte).contains(.dataReady) { note(anchor) }
        case .portRead(let access) where access.port == Self.identification:
            switch SerialInterrupt(identification: access.firstByte) {
            case .receivedData, .characterTimeout: note(anchor)
            default: break
            }
        case .portRead(let access) where access.port == Self.data && !isDivisor:
            defer { (arrival, interrupt) = (nil, nil) }
            return arrival.map { Typed(byte: access.firstByte, anchor: $0.anchor) }
        default: break
        }
        return nil
    }

    private mutating func note(_ anchor: PlannedInput.Anchor?) {
        if arrival == nil { arrival = interrupt ?? Arrival(anchor: anchor) }
    }
}
