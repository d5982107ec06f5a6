import CKVM
public import X86

/// One write of the guest that did not exit (`struct kvm_coalesced_mmio`).
public struct CoalescedWrite: Hashable, Sendable {
    /// Where it went.
    public var place: Place
    /// How many bytes, 1 to 8.
    public var byteCount: Int
    /// The bytes, little-endian.
    public var value: UInt64

    /// Where a write went.
    public enum Place: Hashable, Sendable {
        /// A port.
        case port(Port)
        /// Memory.
        case memory(GuestPhysicalAddress)
    }
}

extension CoalescedWrite {
    /// - Parameter entry: an entry that the kernel does not touch meanwhile.
    @unsafe init(_ entry: UnsafePointer<kvm_coalesced_mmio>) {
        let write = unsafe entry.pointee
        place =
            write.pio != 0
            ? .port(Port(UInt16(truncatingIfNeeded: write.phys_addr)))
            : .memory(GuestPhysicalAddress(write.phys_addr))
        byteCount = min(Int(write.len), 8)
        let data = write.data
        let bytes = [data.0, data.1, data.2, data.3, data.4, data.5, data.6, data.7] as InlineArray<8, UInt8>
        value = 0
        for index in 0..<byteCount { value |= UInt64(bytes[index]) << UInt64(8 * index) }
    }
}
