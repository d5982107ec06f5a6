/// What CONFIG_ADDRESS holds: the function and register that an access to CONFIG_DATA reaches.
public struct PCIConfigurationAddress: RawRepresentable, Hashable, Sendable {
    /// The register. Bits 24 to 30, 1 and 0 are always zero.
    public let rawValue: UInt32

    /// The register after a write of this value.
    public init(rawValue: UInt32) { self.rawValue = rawValue & 0x80FF_FFFC }

    /// Chooses the doubleword of a function's configuration space that contains a register.
    public init(_ address: PCIAddress, register: UInt8) {
        let function = UInt32(address.bus) << 16 | UInt32(address.device) << 11 | UInt32(address.function) << 8
        self.init(rawValue: 1 << 31 | function | UInt32(register))
    }

    /// Whether CONFIG_DATA is enabled.
    public var isEnabled: Bool { rawValue >> 31 == 1 }

    /// The function; there may be none at this address.
    public var function: PCIAddress {
        PCIAddress(
            bus: UInt8(truncatingIfNeeded: rawValue >> 16),
            device: UInt8(truncatingIfNeeded: rawValue >> 11),
            function: UInt8(truncatingIfNeeded: rawValue >> 8)
        )
    }

    /// The register that an access at `offset`, 0 to 3, of CONFIG_DATA reaches.
    public func register(atDataOffset offset: UInt16) -> UInt8 {
        UInt8(truncatingIfNeeded: rawValue) & 0xFC | UInt8(offset & 3)
    }
}
