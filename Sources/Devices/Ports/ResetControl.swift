/// Port 0xCF9: the chip set's reset control (82371SB data sheet, RC: Reset Control Register).
public struct ResetControl: Sendable {
    /// Bits of the register.
    public struct Bits: OptionSet, Hashable, Sendable {
        /// The bits as the guest sees them.
        public let rawValue: UInt8
        /// Bits as the guest sees them.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The reset will be a hard one, of the whole machine.
        public static let systemReset = Self(rawValue: 1 << 1)
        /// Resets when it goes from 0 to 1.
        public static let resetProcessor = Self(rawValue: 1 << 2)
    }

    /// What a write asked for.
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

    /// The register's port. It lies among the PCI configuration ports and answers byte accesses only.
    public static let port: UInt16 = 0xCF9

    /// What the register remembers.
    public private(set) var state: State

    /// The register after reset.
    public init() { state = State() }

    /// The register as it was.
    public init(state: State) { self.state = state }

    /// Reads the register.
    public func read() -> UInt8 { state.bits.rawValue }

    /// Writes the register and says which reset this asks for, if any.
    public mutating func write(_ value: UInt8) -> Request? {
        let bits = Bits(rawValue: value).intersection([.systemReset, .resetProcessor])
        let rises = bits.contains(.resetProcessor) && !state.bits.contains(.resetProcessor)
        state.bits = bits
        guard rises else { return nil }
        return bits.contains(.systemReset) ? .system : .processor
    }
}
