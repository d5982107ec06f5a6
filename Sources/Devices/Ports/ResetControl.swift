public import Platform

/// Port 0xCF9: the chip set's reset control (82371SB data sheet, RC: Reset Control Register).
public struct ResetControl: Sendable {
    /// Bits of the register.
    public typealias Bits = ResetControlBits

    /// The kind of reset that a write requests.
    public enum Request: Hashable, Sendable {
        /// Resets the processor only.
        case processor
        /// Resets the whole machine.
        case system
    }

    /// What the register remembers.
    public struct State: Hashable, Sendable {
        var bits: Bits = []
    }

    /// What the register remembers.
    public private(set) var state: State

    /// The register after reset.
    public init() { state = State() }

    /// The register as it was.
    public init(state: State) { self.state = state }

    /// Reads the register.
    public func read() -> UInt8 { state.bits.rawValue }

    /// Writes the register; returns which reset this requests, if any.
    public mutating func write(_ value: UInt8) -> Request? {
        let bits = Bits(rawValue: value).intersection([.systemReset, .resetProcessor])
        let rises = bits.contains(.resetProcessor) && !state.bits.contains(.resetProcessor)
        state.bits = bits
        guard rises else { return nil }
        return bits.contains(.systemReset) ? .system : .processor
    }
}
