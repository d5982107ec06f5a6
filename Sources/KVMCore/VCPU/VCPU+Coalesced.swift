import CKVM

extension VCPU {
    /// Takes the writes that did not exit out of the ring, oldest first. The ring belongs to the VM: every vCPU sees
    /// the same one. Allocates nothing.
    ///
    /// When the ring is full, further writes exit as usual. To keep the order, drain it before handling any exit.
    ///
    /// - Returns: the number of writes; always 0 if the host has no `KVM_CAP_COALESCED_MMIO`.
    @discardableResult
    public mutating func drainCoalescedWrites(_ body: (CoalescedWrite) -> Void) -> Int {
        let page = Int(MemoryRegion.pageSize)
        let offset = features.coalescedRingPage * page
        guard offset > 0, mapping.size >= offset + page else { return 0 }
        // SAFETY: the ring page is within the mapping, as checked above.
        let ring = unsafe (mapping.address + offset).assumingMemoryBound(to: ckvm_coalesced_ring.self)
        let capacity = UInt32((page - MemoryLayout<ckvm_coalesced_ring>.size) / MemoryLayout<kvm_coalesced_mmio>.stride)
        var count = 0
        // The kernel fills an entry before it moves `last`, and reuses it only after it has seen `first` move.
        var first = unsafe ckvm_atomic_load_u32(ckvm_ring_first(ring))
        while first < capacity, unsafe ckvm_atomic_load_u32(ckvm_ring_last(ring)) != first {
            // SAFETY: the entry is within the ring page, because its index is below the page's capacity.
            body(unsafe CoalescedWrite(ckvm_ring_entry(ring, first)))
            count += 1
            first = (first + 1) % capacity
            unsafe ckvm_atomic_store_u32(ckvm_ring_first(ring), first)
        }
        return count
    }
}
