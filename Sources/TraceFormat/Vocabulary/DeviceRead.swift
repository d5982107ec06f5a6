public import ByteCoding
public import X86

/// What a device read from guest memory because the guest told it to: what the guest gave to the outside by memory, as a
/// port write gives it by a register.
public struct DeviceRead: Hashable, Sendable {
    /// What was read.
    public enum Content: Hashable, Sendable {
        /// The arguments of a call, which say where its data is; at most 65536 bytes, and none for a call without.
        case arguments([UInt8])
        /// Data, at most 65536 bytes.
        case data([UInt8])
        /// So much data, at least one byte, of which only the XXH3-128 is kept.
        case digest(Digest128, count: UInt64)
    }

    /// The port through which the guest told it; 0 where it did so by an access to memory, the exit before this.
    public var port: Port
    /// Address of the first byte.
    public var address: GuestPhysicalAddress
    /// What was read.
    public var content: Content
    /// The board showed the data on the console. Data only.
    public var isConsole: Bool

    /// Makes a read of its parts.
    public init(port: Port, address: GuestPhysicalAddress, content: Content, isConsole: Bool = false) {
        self.port = port
        self.address = address
        self.content = content
        self.isConsole = isConsole
    }

    /// How many bytes were read.
    public var byteCount: UInt64 {
        switch content {
        case .arguments(let bytes), .data(let bytes): UInt64(bytes.count)
        case .digest(_, let count): count
        }
    }
}
