/// The two ports of PCI's configuration mechanism 1 (PCI Local Bus Specification 2.1, 3.2.2.3.2).
///
/// They say which function's register an access to 0xCFC to 0xCFF means; the board has the functions.
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
        var address: UInt32 = 0
    }

    /// CONFIG_ADDRESS. Only four-byte accesses are for it; smaller ones go to whatever else is at these ports.
    public static let addressPort: UInt16 = 0xCF8

    /// The first of the four ports of CONFIG_DATA.
    public static let dataPort: UInt16 = 0xCFC

    private static let enable: UInt32 = 1 << 31
    /// Bits 24 to 30 are reserved, and 0 and 1 always 0.
    private static let writable: UInt32 = 0x80FF_FFFC

    /// What the ports remember.
    public private(set) var state: State

    /// The ports after reset: no target.
    public init() { state = State() }

    /// The ports as they were.
    public init(state: State) { self.state = state }

    /// Reads CONFIG_ADDRESS.
    public func readAddress() -> UInt32 { state.address }

    /// Writes CONFIG_ADDRESS.
    public mutating func writeAddress(_ value: UInt32) { state.address = value & Self.writable }

    /// The register that an access at `offset`, 0 to 3, of CONFIG_DATA means; nil when the address is not enabled: then
    /// reads float and writes go nowhere.
    public func target(atDataOffset offset: UInt16) -> Target? {
        guard state.address & Self.enable != 0, offset < 4 else { return nil }
        return Target(
            address: PCIAddress(
                bus: UInt8(truncatingIfNeeded: state.address >> 16),
                device: UInt8(truncatingIfNeeded: state.address >> 11),
                function: UInt8(truncatingIfNeeded: state.address >> 8)
            ),
            register: UInt8(truncatingIfNeeded: state.address) & 0xFC | UInt8(offset)
        )
    }
}
