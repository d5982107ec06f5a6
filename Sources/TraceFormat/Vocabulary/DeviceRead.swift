public import ByteCoding
public import X86

/// What a device read from guest memory because the guest told it to. This is output of the guest through memory, as a
/// port write is output through a register.
public struct DeviceRead: Hashable, Sendable {
    /// What was read.
    public enum Content: Hashable, Sendable {
        /// The arguments of a call, which say where its data is. At most 65536 bytes; none for a call without
        /// arguments.
        case arguments([UInt8])
        /// Data, at most 65536 bytes.
        case data([UInt8])
        /// This many bytes of data, at least one, of which only the XXH3-128 is kept.
        case digest(Digest128, count: UInt64)
    }

    /// The port through which the guest told the device; 0 if it did so by a memory access, which is the exit before
    /// this.
    public var port: Port
    /// Address of the first byte.
    public var address: GuestPhysicalAddress
    /// What was read.
    public var content: Content
    /// The board showed the data on the console. Only for data.
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
