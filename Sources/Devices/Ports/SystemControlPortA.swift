public import Platform

/// Port 0x92: a fast way to gate address line 20 and to reset the processor (82371SB data sheet, Port 92).
public struct SystemControlPortA: Sendable {
    /// Bits of the port.
    public typealias Bits = SystemControlA

    /// What the port remembers.
    public struct State: Hashable, Sendable {
        var bits: Bits = .addressLine20
    }

    /// What the port remembers.
    public private(set) var state: State

    /// The port after reset, with address line 20 open, as firmware leaves it.
    public init() { state = State() }

    /// The port as it was.
    public init(state: State) { self.state = state }

    /// Whether address line 20 is open.
    public var addressLine20: Bool { state.bits.contains(.addressLine20) }

    /// Reads the port.
    public func read() -> UInt8 { state.bits.rawValue }

    /// Writes the port; returns whether this resets the processor.
    public mutating func write(_ value: UInt8) -> Bool {
        let bits = Bits(rawValue: value)
        let resets = bits.contains(.fastReset) && !state.bits.contains(.fastReset)
        state.bits = bits.intersection([.fastReset, .addressLine20])
        return resets
    }
}
