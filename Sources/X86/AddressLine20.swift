/// Address line 20 of a PC (A20). While the chip set masks it, the processor's addresses have a zero there: every odd
/// megabyte is the even one below it, as on an 8086 that knows no more than one.
public enum AddressLine20 {
    /// The line's bit in an address.
    public static let bit: UInt64 = 1 << 20

    /// Addresses from here on are not masked: software that reaches them has let the line through long before.
    public static let limit: UInt64 = 1 << 32

    /// Where a trace has a device write a byte to say what becomes of the line. No memory is there.
    public static let control = GuestPhysicalAddress(.max)

    /// What a device writes there.
    public static func control(masks: Bool) -> [UInt8] { [masks ? 1 : 0] }

    /// Whether a device's write masks the line or lets it through; nil if it is one to memory.
    public static func isMasked(by address: GuestPhysicalAddress, _ bytes: [UInt8]) -> Bool? {
        guard address == control, bytes.count == 1, bytes[0] <= 1 else { return nil }
        return bytes[0] == 1
    }

    /// Where an address leads while the line is masked.
    public static func masked(_ address: UInt64) -> UInt64 { address < limit ? address & ~bit : address }
}

extension ProcessorState {
    /// Where an address that the processor gives out leads.
    func physical(_ address: UInt64) -> GuestPhysicalAddress {
        GuestPhysicalAddress(masksAddressLine20 ? AddressLine20.masked(address) : address)
    }
}
