public import X86

/// The host bridge of the Intel 440FX chip set, device 0 of bus 0 (82441FX data sheet, chapter 3).
///
/// With its subsystem, SeaBIOS recognizes a machine like QEMU's.
public struct HostBridge440FX: Sendable {
    /// Whether accesses to a region below 1 MiB go to memory or to the bus, where the firmware's ROM is.
    public struct MemoryAttributes: OptionSet, Hashable, Sendable {
        /// The bits as the PAM registers have them.
        public let rawValue: UInt8
        /// Bits as the PAM registers have them.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// RE: reads go to memory.
        public static let readsMemory = Self(rawValue: 1 << 0)
        /// WE: writes go to memory.
        public static let writesMemory = Self(rawValue: 1 << 1)
    }

    /// What the bridge remembers: its configuration space.
    public struct State: Hashable, Sendable {
        var function: PCIFunction.State
    }

    /// PAM0 to PAM6 (3.2.16).
    private static let firstMemoryAttributes: UInt8 = 0x59
    /// SMRAM (3.2.18).
    private static let managementMemory: UInt8 = 0x72

    /// The configuration space.
    public var function: PCIFunction

    /// The bridge after reset: everything between 0xC0000 and 0xFFFFF is on the bus.
    public init() {
        function = PCIFunction(
            identity: .init(vendor: 0x8086, device: 0x1237, revision: 0x02, classCode: 0x06_00_00)
        )
        function.allowWriting(Self.firstMemoryAttributes, UInt8(0x33) & 0xF0)
        for register in Self.firstMemoryAttributes + 1...Self.firstMemoryAttributes + 6 {
            function.allowWriting(register, UInt8(0x33))
        }
        function.set(Self.managementMemory, UInt8(0x02))
        function.allowWriting(Self.managementMemory, UInt8(0x78))
    }

    /// The bridge as it was.
    public init(state: State) { function = PCIFunction(state: state.function) }

    /// What the bridge remembers.
    public var state: State { State(function: function.state) }

    /// Where accesses to an address go; nil outside 0xC0000 to 0xFFFFF, which the PAM registers do not control.
    public func memoryAttributes(at address: GuestPhysicalAddress) -> MemoryAttributes? {
        let field: UInt64
        switch address.rawValue {
        // 16 KiB each: the low, then the high half of PAM1 to PAM6.
        case 0xC_0000..<0xF_0000: field = 2 + (address.rawValue - 0xC_0000) / 0x4000
        // The high half of PAM0.
        case 0xF_0000..<0x10_0000: field = 1
        default: return nil
        }
        let register = Self.firstMemoryAttributes + UInt8(field / 2)
        let bits = function.read(at: register, .byte) >> (field % 2 == 0 ? 0 : 4)
        return MemoryAttributes(rawValue: UInt8(truncatingIfNeeded: bits)).intersection([.readsMemory, .writesMemory])
    }
}
