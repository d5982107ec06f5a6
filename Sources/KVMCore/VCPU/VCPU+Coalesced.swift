import CKVM

extension VCPU {
    /// Takes the writes that did not exit out of the ring, oldest first. The ring is the VM's: every vCPU sees the same.
    /// Allocates nothing.
    ///
    /// When the ring is full, writes exit as others do; drain it before handling any exit, to keep the order.
    ///
    /// - Returns: how many writes; 0 always where the host has no `KVM_CAP_COALESCED_MMIO`.
    @discardableResult
    public mutating func drainCoalescedWrites(_ body: (CoalescedWrite) -> Void) -> Int {
        let page = Int(MemoryRegion.pageSize)
        let offset = features.coalescedRingPage * page
        guard offset > 0, mapping.size >= offset + page else { return 0 }
        // SAFETY: the ring page lies within the mapping by the check above.
        let ring = unsafe (mapping.address + offset).assumingMemoryBound(to: ckvm_coalesced_ring.self)
        let capacity = UInt32((page - MemoryLayout<ckvm_coalesced_ring>.size) / MemoryLayout<kvm_coalesced_mmio>.stride)
        var count = 0
        // The kernel fills an entry before it moves `last`, and reuses it after it has seen `first` moved.
        var first = unsafe ckvm_atomic_load_u32(ckvm_ring_first(ring))
        while first < capacity, unsafe ckvm_atomic_load_u32(ckvm_ring_last(ring)) != first {
            // SAFETY: the entry lies within the ring page, because its index is below what the page has room for.
            body(unsafe CoalescedWrite(ckvm_ring_entry(ring, first)))
            count += 1
            first = (first + 1) % capacity
            unsafe ckvm_atomic_store_u32(ckvm_ring_first(ring), first)
        }
        return count
    }
}
