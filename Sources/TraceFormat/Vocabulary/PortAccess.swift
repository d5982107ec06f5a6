public import X86

/// One element read from or written to a port.
public struct PortAccess: Hashable, Sendable {
    /// Which port.
    public var port: Port
    /// 1, 2 or 4 bytes.
    public var size: AccessSize
    /// The data, zero-extended.
    public var value: UInt32
    /// The board showed this byte on the console. Only for writes.
    public var isConsole: Bool

    /// Makes an access of its parts.
    public init(port: Port, size: AccessSize, value: UInt32, isConsole: Bool = false) {
        self.port = port
        self.size = size
        self.value = value
        self.isConsole = isConsole
    }

    /// The byte at the port itself.
    public var firstByte: UInt8 { UInt8(truncatingIfNeeded: value) }
}
