public import X86

/// A name in the guest's code or data.
public struct GuestSymbol: Hashable, Sendable {
    /// How many symbols a trace can hold.
    public static var mostInTrace: Int { Limits.symbols }

    /// The name.
    public var name: String
    /// Address of the first byte.
    public var address: GuestVirtualAddress
    /// The size in bytes; 0 if it is unknown.
    public var size: UInt64

    /// Makes a symbol of its parts.
    public init(name: String, address: GuestVirtualAddress, size: UInt64) {
        self.name = name
        self.address = address
        self.size = size
    }
}
