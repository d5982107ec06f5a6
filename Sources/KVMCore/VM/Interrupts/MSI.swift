public import X86

/// A message-signalled interrupt (Intel SDM vol. 3, 10.11).
public struct MSI: Hashable, Sendable {
    /// The message address.
    public var address: GuestPhysicalAddress
    /// The message data; the vector is in bits 0 to 7.
    public var data: UInt32

    /// Makes a message of its parts.
    public init(address: GuestPhysicalAddress, data: UInt32) {
        self.address = address
        self.data = data
    }
}
