/// Address line 20 of a PC (A20). While the chip set masks it, that bit of the processor's addresses is zero: every odd
/// megabyte is the even one below it, as on an 8086, which has only one.
public enum AddressLine20 {
    /// The line's bit in an address.
    public static let bit: UInt64 = 1 << 20

    /// Addresses from here on are not masked: software that reaches them has opened the line long before.
    public static let limit: UInt64 = 1 << 32

    /// A trace opens or masks the line by a device's write of one byte to this address, where no memory is.
    public static let control = GuestPhysicalAddress(.max)

    /// The bytes that a device writes there.
    public static func control(masks: Bool) -> [UInt8] { [masks ? 1 : 0] }

    /// Whether a device's write masks the line or opens it; nil for a write to memory.
    public static func isMasked(by address: GuestPhysicalAddress, _ bytes: [UInt8]) -> Bool? {
        guard address == control, bytes.count == 1, bytes[0] <= 1 else { return nil }
        return bytes[0] == 1
    }

    /// The address that is reached while the line is masked.
    public static func masked(_ address: UInt64) -> UInt64 { address < limit ? address & ~bit : address }
}

extension ProcessorState {
    /// The address that the processor reaches when it accesses this one.
    func physical(_ address: UInt64) -> GuestPhysicalAddress {
        GuestPhysicalAddress(masksAddressLine20 ? AddressLine20.masked(address) : address)
    }
}
