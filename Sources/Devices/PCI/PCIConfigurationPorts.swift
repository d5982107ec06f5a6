public import Platform

/// The two ports of PCI's configuration mechanism 1 (PCI Local Bus Specification 2.1, 3.2.2.3.2).
///
/// They select the function's register for an access to 0xCFC to 0xCFF; the board has the functions.
public struct PCIConfigurationPorts: Sendable {
    /// A register of a function.
    public struct Target: Hashable, Sendable {
        /// The function; there may be none at this address.
        public let address: PCIAddress

        /// The offset in its configuration space.
        public let register: UInt8
    }

    /// What the ports remember: CONFIG_ADDRESS.
    public struct State: Hashable, Sendable {
        var address = PCIConfigurationAddress(rawValue: 0)
    }

    /// What the ports remember.
    public private(set) var state: State

    /// The ports after reset: no target.
    public init() { state = State() }

    /// The ports as they were.
    public init(state: State) { self.state = state }

    /// Reads CONFIG_ADDRESS.
    public func readAddress() -> UInt32 { state.address.rawValue }

    /// Writes CONFIG_ADDRESS.
    public mutating func writeAddress(_ value: UInt32) { state.address = PCIConfigurationAddress(rawValue: value) }

    /// The register that an access at `offset`, 0 to 3, of CONFIG_DATA reaches. If it is nil, the address is not
    /// enabled: reads float and writes do nothing.
    public func target(atDataOffset offset: UInt16) -> Target? {
        guard state.address.isEnabled, offset < 4 else { return nil }
        return Target(address: state.address.function, register: state.address.register(atDataOffset: offset))
    }
}
