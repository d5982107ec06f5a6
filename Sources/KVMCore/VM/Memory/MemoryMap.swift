import X86

/// The memory slots of a VM as far as KVMCore knows them, so that it can refuse a wrong call with a reason instead of a
/// bare EINVAL or EEXIST.
struct MemoryMap: Sendable {
    private(set) var regions: [MemorySlot: MemoryRegion] = [:]
    /// How many slots the host has in each address space.
    let slotCount: UInt32
    /// How many address spaces the host has.
    let addressSpaceCount: UInt32

    /// The map of a VM that has just been made.
    init(of vm: borrowing Descriptor) throws(KVMError) {
        slotCount = UInt32(max(try vm.check(.memorySlots), 0))
        addressSpaceCount = UInt32(max(try vm.check(.multiAddressSpace), 1))
    }

    /// Why `region` cannot be in `slot`, or nil if it can.
    func objection(to region: MemoryRegion, in slot: MemorySlot) -> String? {
        let page = MemoryRegion.pageSize
        if slot.index >= slotCount || slot.addressSpace >= addressSpaceCount {
            return "there are slots 0 to \(Int64(slotCount) - 1) in \(addressSpaceCount) address spaces"
        }
        if region.size == 0 { return "the size is zero" }
        if region.size % page != 0 { return "the size is not a multiple of \(page)" }
        if region.guestAddress.rawValue % page != 0 { return "the guest address is not page-aligned" }
        if UInt64(region.hostAddress) % page != 0 { return "the host address is not page-aligned" }
        if region.guestAddress.rawValue.addingReportingOverflow(region.size).overflow {
            return "the region wraps around the end of the guest's address space"
        }
        if UInt64(region.hostAddress).addingReportingOverflow(region.size).overflow {
            return "the memory wraps around the end of this process's address space"
        }
        return overlap(of: region, in: slot)
    }

    private func overlap(of region: MemoryRegion, in slot: MemorySlot) -> String? {
        let other = regions.filter { other in
            other.key != slot && other.key.addressSpace == slot.addressSpace
                && other.value.guestAddress.rawValue < region.guestEnd
                && region.guestAddress.rawValue < other.value.guestEnd
        }.min { $0.key < $1.key }
        return other.map { "it overlaps slot \($0.key.rawValue) at \($0.value.guestAddress)" }
    }

    mutating func record(_ region: MemoryRegion?, in slot: MemorySlot) {
        regions[slot] = region
    }
}
