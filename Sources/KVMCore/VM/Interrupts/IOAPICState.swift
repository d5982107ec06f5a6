import CKVM
public import X86

/// The I/O APIC in the kernel (`struct kvm_ioapic_state`).
public struct IOAPICState: Hashable, Sendable {
    /// The address of its registers.
    public var baseAddress = GuestPhysicalAddress(0)
    /// The selected register.
    public var selectedRegister: UInt32 = 0
    /// Its APIC id.
    public var id: UInt32 = 0
    /// Requests, one bit for each pin.
    public var requests: UInt32 = 0
    /// The redirection table, one entry for each of ``pinCount`` pins, as the guest reads it.
    public var redirections = [UInt64](repeating: 0, count: pinCount)

    /// The number of its pins.
    public static let pinCount = Int(KVM_IOAPIC_NUM_PINS)

    /// All fields zero.
    public init() {}

    init(_ state: kvm_ioapic_state) {
        baseAddress = GuestPhysicalAddress(state.base_address)
        (selectedRegister, id, requests) = (state.ioregsel, state.id, state.irr)
        var copy = state
        // SAFETY: the pointer is to a whole kvm_ioapic_state, and the index is below the number of its pins.
        redirections = (0..<Self.pinCount).map { unsafe ckvm_ioapic_redirection(&copy, UInt32($0)).pointee }
    }

    /// Throws if the number of pins is another.
    func kernelValue() throws(KVMError) -> kvm_ioapic_state {
        guard redirections.count == Self.pinCount else {
            throw KVMError(
                operation: Request.setIRQChip.name.description,
                argument: "I/O APIC",
                cause: .refused("it has \(Self.pinCount) pins, not \(redirections.count)")
            )
        }
        var state = kvm_ioapic_state()
        state.base_address = baseAddress.rawValue
        (state.ioregsel, state.id, state.irr) = (selectedRegister, id, requests)
        for (pin, entry) in redirections.enumerated() {
            // SAFETY: as above.
            unsafe ckvm_ioapic_redirection(&state, UInt32(pin)).pointee = entry
        }
        return state
    }
}
