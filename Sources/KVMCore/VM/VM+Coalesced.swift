import CKVM
public import X86

extension VM {
    /// Collects the guest's writes to a range of memory addresses in a ring instead of exiting
    /// (`KVM_REGISTER_COALESCED_MMIO`). ``VCPU/drainCoalescedWrites(_:)`` takes them out.
    ///
    /// - Parameters:
    ///   - address: the first byte.
    ///   - size: bytes.
    public func registerCoalescedMemory(at address: GuestPhysicalAddress, size: UInt32) throws(KVMError) {
        try change(.registerCoalescedMMIO, address.rawValue, size, isPort: false)
    }

    /// Makes writes to a range exit again (`KVM_UNREGISTER_COALESCED_MMIO`). What is in the ring stays there.
    public func unregisterCoalescedMemory(at address: GuestPhysicalAddress, size: UInt32) throws(KVMError) {
        try change(.unregisterCoalescedMMIO, address.rawValue, size, isPort: false)
    }

    /// As ``registerCoalescedMemory(at:size:)``, for ports (`KVM_CAP_COALESCED_PIO`).
    public func registerCoalescedPorts(at port: Port, count: UInt32) throws(KVMError) {
        try change(.registerCoalescedMMIO, UInt64(port.rawValue), count, isPort: true)
    }

    /// As ``unregisterCoalescedMemory(at:size:)``, for ports.
    public func unregisterCoalescedPorts(at port: Port, count: UInt32) throws(KVMError) {
        try change(.unregisterCoalescedMMIO, UInt64(port.rawValue), count, isPort: true)
    }

    private func change(_ request: Request, _ address: UInt64, _ size: UInt32, isPort: Bool) throws(KVMError) {
        var zone = kvm_coalesced_mmio_zone()
        zone.addr = address
        zone.size = size
        zone.pio = isPort ? 1 : 0
        try descriptor.call(
            request,
            reading: zone,
            about: "\(size) \(isPort ? "ports" : "bytes") from 0x\(String(address, radix: 16))"
        )
    }
}
