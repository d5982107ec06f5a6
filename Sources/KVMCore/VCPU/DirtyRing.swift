import CKVM

/// The ring in which the kernel reports the pages that one vCPU has written (`KVM_CAP_DIRTY_LOG_RING`; KVM API
/// documentation, section 8.29).
@safe struct DirtyRing: ~Copyable {
    static let entrySize = MemoryLayout<kvm_dirty_gfn>.stride

    private let mapping: Mapping
    /// A power of two, because the kernel accepts nothing else.
    private let entries: Int
    /// How many entries were taken so far; wraps around.
    private var taken: UInt = 0

    /// Maps the ring of a vCPU; nil if its VM has none.
    init?(ofVCPU descriptor: borrowing Descriptor, entries: Int) throws(KVMError) {
        guard entries > 0 else { return nil }
        self.entries = entries
        mapping = try Mapping(
            of: descriptor,
            offset: Int(KVM_DIRTY_LOG_PAGE_OFFSET) * Int(MemoryRegion.pageSize),
            size: entries * Self.entrySize,
            called: "dirty ring"
        )
    }

    /// Takes out the next dirty page; nil if there is none.
    mutating func next() -> DirtyPage? {
        // SAFETY: the mapping holds `entries` entries, and the index is below that.
        let entry = unsafe mapping.address.assumingMemoryBound(to: kvm_dirty_gfn.self) + Int(taken % UInt(entries))
        // The kernel fills an entry before it releases the flag, and reuses it after it has acquired ours.
        let flags = unsafe ckvm_atomic_load_u32(ckvm_dirty_gfn_flags(entry))
        guard flags == CKVM_DIRTY_GFN_DIRTY else { return nil }
        let page = unsafe DirtyPage(slot: MemorySlot(entry.pointee.slot), page: entry.pointee.offset)
        unsafe ckvm_atomic_store_u32(ckvm_dirty_gfn_flags(entry), CKVM_DIRTY_GFN_RESET)
        taken &+= 1
        return page
    }
}
