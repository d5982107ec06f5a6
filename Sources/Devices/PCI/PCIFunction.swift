internal import ByteCoding
public import Platform
public import X86

/// The configuration space of a PCI function with a header of type 0 (PCI Local Bus Specification 2.1, chapter 6).
///
/// The state includes which bits a guest can write, and which it clears by writing ones.
public struct PCIFunction: Sendable {
    /// How a function identifies itself.
    public struct Identity: Hashable, Sendable {
        /// Vendor ID.
        public var vendor: UInt16
        /// Device ID.
        public var device: UInt16
        /// Revision ID.
        public var revision: UInt8
        /// Base class, subclass and programming interface, from the high byte to the low one of 24 bits.
        public var classCode: UInt32
        /// Subsystem vendor ID.
        public var subsystemVendor: UInt16
        /// Subsystem ID.
        public var subsystem: UInt16

        /// Makes an identity. With the default subsystem, firmware recognizes a machine like QEMU's.
        public init(
            vendor: UInt16,
            device: UInt16,
            revision: UInt8 = 0,
            classCode: UInt32,
            subsystemVendor: UInt16 = VirtioDeviceType.pciVendor,
            subsystem: UInt16 = 0x1100
        ) {
            self.vendor = vendor
            self.device = device
            self.revision = revision
            self.classCode = classCode
            self.subsystemVendor = subsystemVendor
            self.subsystem = subsystem
        }
    }

    /// A range of addresses that a function decodes. Its size is a power of two.
    public enum BaseAddress: Hashable, Sendable {
        /// Ports; the size is at least 4.
        case ports(size: UInt32)
        /// Memory below 4 GiB, at least 16 bytes.
        case memory(size: UInt32)
    }

    /// The command register.
    public struct Command: OptionSet, Hashable, Sendable {
        /// The bits as the guest sees them.
        public let rawValue: UInt16
        /// Bits as the guest sees them.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The function answers at its ports.
        public static let portSpace = Self(rawValue: 1 << 0)
        /// The function answers at its memory addresses.
        public static let memorySpace = Self(rawValue: 1 << 1)
        /// The function may access memory by itself.
        public static let busMaster = Self(rawValue: 1 << 2)
        /// The function keeps its interrupt line low.
        public static let interruptDisable = Self(rawValue: 1 << 10)

        static let writable: Self = [.portSpace, .memorySpace, .busMaster, .interruptDisable]
    }

    /// The configuration space: its 256 bytes, and as many bytes for the writable and the clearable bits.
    public struct State: Hashable, Sendable {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var writable = [UInt8](repeating: 0, count: byteCount)
        var clearable = [UInt8](repeating: 0, count: byteCount)
        var lastCapability: UInt8?
    }

    /// The size of the configuration space in bytes.
    static let byteCount = 256

    /// The configuration space.
    public internal(set) var state: State

    /// A function after reset.
    ///
    /// - Parameters:
    ///   - identity: how it identifies itself.
    ///   - baseAddresses: what it decodes, by the number of its base address register, 0 to 5.
    ///   - interruptPin: 0 for none, 1 to 4 for INTA# to INTD#.
    ///   - isMultifunction: whether the device has functions other than 0.
    public init(
        identity: Identity,
        baseAddresses: [Int: BaseAddress] = [:],
        interruptPin: UInt8 = 0,
        isMultifunction: Bool = false
    ) {
        state = State()
        set(.vendor, identity.vendor)
        set(.device, identity.device)
        set(.revision, UInt32(identity.revision) | identity.classCode << 8)
        set(.headerType, UInt8(isMultifunction ? 0x80 : 0))
        set(.subsystemVendor, identity.subsystemVendor)
        set(.subsystem, identity.subsystem)
        set(.interruptPin, interruptPin)
        allowWriting(.command, Command.writable.rawValue)
        allowWriting(.cacheLineSize, UInt8.max)
        allowWriting(.latencyTimer, UInt8.max)
        allowWriting(.interruptLine, UInt8.max)
        for (number, range) in baseAddresses { add(range, number) }
    }

    /// A function as it was.
    public init(state: State) { self.state = state }

    private mutating func add(_ range: BaseAddress, _ number: Int) {
        precondition(0..<6 ~= number, "a function has six base address registers")
        let offset = Register.baseAddress0.rawValue + UInt8(number) * 4
        switch range {
        case .ports(let size):
            precondition(size.nonzeroBitCount == 1 && size >= 4, "a range of ports is a power of two, at least 4")
            set(offset, Self.portRange)
            allowWriting(offset, ~(size - 1))
        case .memory(let size):
            precondition(size.nonzeroBitCount == 1 && size >= 16, "a range of memory is a power of two, at least 16")
            allowWriting(offset, ~(size - 1))
        }
    }

    /// Bit 0 of a base address register: ports, not memory.
    private static let portRange: UInt32 = 1

    /// The command register.
    public var command: Command { Command(rawValue: UInt16(truncatingIfNeeded: read(.command, .word))) }

    /// Where the range of base address register `number` is now; nil if the command register disables it, no address
    /// has been set, or there is no such range.
    public func baseAddress(_ number: Int) -> UInt32? {
        guard 0..<6 ~= number else { return nil }
        let offset = Register.baseAddress0.rawValue + UInt8(number) * 4
        let value = read(at: offset, .doubleword)
        let isPorts = value & Self.portRange != 0
        let address = value & (isPorts ? ~0x3 : ~0xF)
        let writable = state.writable[Int(offset) + 3]
        guard writable != 0, address != 0, command.contains(isPorts ? .portSpace : .memorySpace) else { return nil }
        return address
    }

    /// Reads at an offset. Bytes beyond the configuration space float.
    public func read(at offset: UInt8, _ size: AccessSize) -> UInt32 {
        let value = LittleEndian.number(byteCount: min(size.byteCount, 4)) { index in
            let position = Int(offset) + index
            return position < Self.byteCount ? state.bytes[position] : 0xFF
        }
        return UInt32(value)
    }

    /// Writes the writable bits at an offset.
    public mutating func write(at offset: UInt8, _ size: AccessSize, _ value: UInt32) {
        for index in 0..<min(size.byteCount, 4) {
            let position = Int(offset) + index
            guard position < Self.byteCount else { return }
            let written = LittleEndian.byte(index, of: value)
            let kept = state.bytes[position] & ~state.writable[position] & ~(state.clearable[position] & written)
            state.bytes[position] = kept | written & state.writable[position]
        }
    }
}
