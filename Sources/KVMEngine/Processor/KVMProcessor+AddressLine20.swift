public import Engine
internal import GuestMemory
internal import KVMCore
internal import X86

extension KVMProcessor {
    /// Masks address line 20 or lets it through; see ``Processor/maskAddressLine20(_:)``.
    public mutating func maskAddressLine20(_ isMasked: Bool) throws(EngineError) {
        guard isMasked != masksAddressLine20 else { return }
        // Only the slots that are about to be removed know what was written since the last call.
        for page in try takeDirtyPages(expecting: []) { memory.noteHostWrite(at: page, count: 1) }
        do {
            for slot in slots.indices { try vm.removeMemoryRegion(MemorySlot(UInt32(slot))) }
            slots = []
            try lendMemory(Slot.layout(of: memory.regions, masksAddressLine20: isMasked))
        } catch {
            throw .kvm(error)
        }
        masksAddressLine20 = isMasked
    }

    /// Gives memory to the virtual machine, which has none.
    mutating func lendMemory(_ layout: [Slot]) throws(KVMError) {
        for slot in layout {
            let region = memory.regions[slot.region]
            // SAFETY: the region stays mapped as long as `memory` exists, which the processor keeps until the machine
            // is gone; the slot is within the region.
            try unsafe vm.setMemoryRegion(
                MemorySlot(UInt32(slots.count)),
                guestAddress: slot.address,
                hostMemory: memory.mappings[slot.region].host + Int(slot.offset),
                size: slot.size,
                flags: region.isReadOnly ? .readOnly : .logDirtyPages
            )
            slots.append(slot)
        }
    }

    /// Notes the pages that were written while address line 20 is masked, when several slots share a page.
    mutating func noteMaskedWrites() throws(KVMError) {
        for (index, slot) in slots.enumerated() where !memory.regions[slot.region].isReadOnly {
            let number = MemorySlot(UInt32(index))
            let pages = Int(slot.size) / GuestMemory.pageSize
            var bitmap = [UInt64](repeating: 0, count: (pages + 63) / 64)
            var span = bitmap.mutableSpan
            // SAFETY: every bit pattern is a valid UInt64.
            var bytes = unsafe span.mutableBytes
            try vm.dirtyLog(number, into: &bytes)
            guard bitmap.contains(where: { $0 != 0 }) else { continue }
            // SAFETY: as above.
            if clearsDirtyPages { try unsafe vm.clearDirtyLog(number, pages: UInt32(pages), bitmap: bitmap.span.bytes) }
            let start = memory.regions[slot.region].address.rawValue + slot.offset
            for page in 0..<pages where bitmap[page / 64] & 1 << UInt64(page % 64) != 0 {
                memory.noteHostWrite(
                    at: GuestPhysicalAddress(start + UInt64(page * GuestMemory.pageSize)),
                    count: 1
                )
            }
        }
    }

    /// A part of one region of memory at a guest address.
    struct Slot: Hashable {
        var region: Int
        var offset: UInt64
        var size: UInt64
        var address: GuestPhysicalAddress

        /// Where the guest finds its memory. Without masking, each region is one slot. With address line 20 masked,
        /// every even megabyte appears at its own address and at the odd one above it, whose own memory is out of
        /// reach.
        static func layout(of regions: [GuestMemory.Region], masksAddressLine20: Bool) -> [Slot] {
            regions.enumerated().flatMap { index, region in
                let whole = Slot(region: index, offset: 0, size: region.size, address: region.address)
                return masksAddressLine20 ? whole.masked : [whole]
            }
        }

        private var masked: [Slot] {
            var slots: [Slot] = []
            var start = address.rawValue
            let end = start + size
            while start < end {
                let isBelow = start < AddressLine20.limit
                let next = isBelow ? min(end, (start | (AddressLine20.bit - 1)) + 1) : end
                let isOdd = isBelow && start & AddressLine20.bit != 0
                for alias in isOdd ? [] : isBelow ? [start, start | AddressLine20.bit] : [start] {
                    let offset = offset + (start - address.rawValue)
                    slots.append(
                        Slot(region: region, offset: offset, size: next - start, address: GuestPhysicalAddress(alias))
                    )
                }
                start = next
            }
            return slots
        }
    }
}
