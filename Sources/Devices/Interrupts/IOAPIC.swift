public import X86

/// The 82093AA I/O APIC: 24 pins, each with a redirection entry, behind two memory-mapped registers (Intel 82093AA data
/// sheet).
///
/// A pin's level says whether its line is asserted, whatever polarity the guest has set.
public struct IOAPIC: Sendable {
    /// The size of the registers' memory in bytes.
    public static let byteCount: UInt64 = 0x1000

    /// How many pins there are.
    public static let pinCount = 24

    /// Its number unless the guest sets another.
    public static let defaultIdentifier: UInt8 = 1

    /// Everything that the I/O APIC remembers.
    public struct State: Hashable, Sendable {
        var identifier: UInt8
        var select: UInt8 = 0
        var entries = [Redirection](repeating: .reset, count: pinCount)
        /// The levels of the pins, and the edges not yet delivered; a bit for each.
        var lines: UInt32 = 0
        var edges: UInt32 = 0
    }

    /// Offsets of the memory-mapped registers.
    enum Window: UInt64 {
        case select = 0x00
        case data = 0x10
    }

    /// Indexes of the registers that are reached through them.
    enum Register: UInt8 {
        case identifier = 0x00
        case version = 0x01
        case arbitration = 0x02

        /// Two for each pin.
        static let firstRedirection: UInt8 = 0x10
    }

    /// Version 0x11, 24 entries.
    static let version: UInt32 = 0x0017_0011

    /// What the I/O APIC remembers.
    public private(set) var state: State

    /// An I/O APIC after reset, with every pin masked.
    public init(identifier: UInt8 = defaultIdentifier) { state = State(identifier: identifier & 0xF) }

    /// An I/O APIC as it was.
    public init(state: State) { self.state = state }

    /// Sets the level of a pin, 0 to 23. Other numbers do nothing.
    public mutating func setLine(_ pin: Int, _ level: Bool) {
        guard 0..<Self.pinCount ~= pin else { return }
        let bit = UInt32(1) << UInt32(pin)
        let entry = state.entries[pin]
        // An edge at a masked pin is lost.
        if level, state.lines & bit == 0, !entry.isLevelTriggered, !entry.isMasked { state.edges |= bit }
        if level { state.lines |= bit } else { state.lines &= ~bit }
    }

    /// Makes a rising edge on a pin that then returns to its level, for an output that pulsed between two looks.
    public mutating func pulseLine(_ pin: Int) {
        guard 0..<Self.pinCount ~= pin else { return }
        let wasHigh = state.lines & 1 << UInt32(pin) != 0
        setLine(pin, false)
        setLine(pin, true)
        setLine(pin, wasHigh)
    }

    /// Offers the local APIC the message of each pin that has one, lowest pin first.
    ///
    /// A refused level stays and is offered again. A refused edge is lost.
    ///
    /// - Parameter accept: returns whether the local APIC takes the message.
    public mutating func deliver(_ accept: (InterruptMessage) -> Bool) {
        var candidates = state.edges | state.lines
        while candidates != 0 {
            let pin = candidates.trailingZeroBitCount
            let bit = UInt32(1) << UInt32(pin)
            candidates &= ~bit
            let entry = state.entries[pin]
            let isPending = (entry.isLevelTriggered ? state.lines : state.edges) & bit != 0
            guard isPending, !entry.isMasked, !entry.isInService, let message = entry.message else { continue }
            state.edges &= ~bit
            if accept(message), message.isLevelTriggered { state.entries[pin].isInService = true }
        }
    }

    /// The pins that are not masked and whose message meets a condition; a bit for each.
    public func pins(where condition: (InterruptMessage) -> Bool) -> UInt32 {
        state.entries.enumerated().reduce(0) { pins, entry in
            guard !entry.element.isMasked, let message = entry.element.message, condition(message) else { return pins }
            return pins | 1 << UInt32(entry.offset)
        }
    }

    /// The local APIC reports that a level-triggered interrupt has ended. A pin that is still asserted requests again.
    public mutating func endInterrupt(_ vector: UInt8) {
        for pin in state.entries.indices where state.entries[pin].vector == vector {
            state.entries[pin].isInService = false
        }
    }

    /// Reads within the memory-mapped registers.
    public func read(at offset: UInt64, _ size: AccessSize) -> UInt64 {
        switch Window(rawValue: offset) {
        case .select: UInt64(state.select)
        case .data: UInt64(readRegister()) & size.mask
        case nil: 0
        }
    }

    /// Writes within the memory-mapped registers. The data register must be written as a whole.
    public mutating func write(at offset: UInt64, _ size: AccessSize, _ value: UInt64) {
        switch Window(rawValue: offset) {
        case .select: state.select = UInt8(truncatingIfNeeded: value)
        case .data where size == .doubleword: writeRegister(UInt32(truncatingIfNeeded: value))
        case .data, nil: break
        }
    }

    /// The pin of the selected register, and whether it is the high half of the pin's entry.
    private var selectedHalf: (pin: Int, isHigh: Bool)? {
        guard state.select >= Register.firstRedirection else { return nil }
        let index = Int(state.select - Register.firstRedirection)
        return index / 2 < Self.pinCount ? (index / 2, index % 2 == 1) : nil
    }

    private func readRegister() -> UInt32 {
        if let (pin, isHigh) = selectedHalf {
            return UInt32(truncatingIfNeeded: state.entries[pin].rawValue >> (isHigh ? 32 : 0))
        }
        switch Register(rawValue: state.select) {
        case .identifier, .arbitration: return UInt32(state.identifier) << 24
        case .version: return Self.version
        case nil: return 0
        }
    }

    private mutating func writeRegister(_ value: UInt32) {
        if let (pin, isHigh) = selectedHalf {
            state.entries[pin].write(value, isHigh: isHigh)
            // An edge is dropped when its pin becomes level-triggered.
            if state.entries[pin].isLevelTriggered { state.edges &= ~(1 << UInt32(pin)) }
            return
        }
        if Register(rawValue: state.select) == .identifier { state.identifier = UInt8(value >> 24 & 0xF) }
    }
}

extension IOAPIC {
    /// An entry of the redirection table (3.2.4).
    struct Redirection: RawRepresentable, Hashable {
        var rawValue: UInt64

        private static let masked: UInt64 = 1 << 16
        private static let levelTriggered: UInt64 = 1 << 15
        private static let remoteIRR: UInt64 = 1 << 14
        private static let logical: UInt64 = 1 << 11
        /// All bits except the delivery status and the remote IRR.
        private static let writableLow: UInt64 = 0x0001_AFFF
        private static let writableHigh: UInt64 = 0xFF00_0000

        static let reset = Redirection(rawValue: masked)

        var vector: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
        var isMasked: Bool { rawValue & Self.masked != 0 }
        var mode: InterruptMessage.DeliveryMode? {
            InterruptMessage.DeliveryMode(rawValue: UInt8(truncatingIfNeeded: rawValue >> 8 & 7))
        }

        /// Modes without a vector are edge-triggered, whatever bit 15 says.
        var isLevelTriggered: Bool {
            rawValue & Self.levelTriggered != 0 && (mode == .fixed || mode == .lowestPriority)
        }

        /// Remote IRR: the local APIC has taken a level and has not ended it yet.
        var isInService: Bool {
            get { rawValue & Self.remoteIRR != 0 }
            set { rawValue = newValue ? rawValue | Self.remoteIRR : rawValue & ~Self.remoteIRR }
        }

        var message: InterruptMessage? {
            guard let mode else { return nil }
            return InterruptMessage(
                destination: UInt8(truncatingIfNeeded: rawValue >> 56),
                isLogical: rawValue & Self.logical != 0,
                mode: mode,
                vector: vector,
                isLevelTriggered: isLevelTriggered
            )
        }

        mutating func write(_ value: UInt32, isHigh: Bool) {
            if isHigh {
                rawValue = rawValue & 0xFFFF_FFFF | (UInt64(value) & Self.writableHigh) << 32
            } else {
                rawValue = rawValue & ~Self.writableLow | UInt64(value) & Self.writableLow
                // An edge-triggered entry does not wait for an end.
                if !isLevelTriggered { isInService = false }
            }
        }
    }
}
