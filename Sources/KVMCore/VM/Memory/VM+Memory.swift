import CKVM
public import X86

extension VM {
    /// The slots in use.
    public var memoryRegions: [MemorySlot: MemoryRegion] { memory.regions }

    /// Adds, moves or resizes a memory slot, or changes how it may be accessed (`KVM_SET_USER_MEMORY_REGION`).
    ///
    /// A slot that is not in use is added. One that is in use is changed in one step if the kernel can do that (for the
    /// address alone, or dirty logging alone). Otherwise it is deleted and added again; if the kernel refuses the new
    /// one, the old one is put back. No vCPU may be running meanwhile.
    ///
    /// - Parameters:
    ///   - slot: the slot.
    ///   - guestAddress: the memory's address in the guest; page-aligned.
    ///   - hostMemory: the memory; page-aligned. It must stay mapped until the slot is removed and the VM and its
    ///     vCPUs are gone.
    ///   - size: bytes; a multiple of the page size, not zero.
    ///   - flags: write protection and dirty logging.
    /// - Throws: a refusal with the reason if something is misaligned, wraps around or overlaps another slot.
    @unsafe public mutating func setMemoryRegion(
        _ slot: MemorySlot,
        guestAddress: GuestPhysicalAddress,
        hostMemory: UnsafeMutableRawPointer,
        size: UInt64,
        flags: MemoryFlags = []
    ) throws(KVMError) {
        let region = MemoryRegion(
            guestAddress: guestAddress,
            hostAddress: UInt(bitPattern: hostMemory),
            size: size,
            flags: flags
        )
        if let objection = memory.objection(to: region, in: slot) {
            throw KVMError(
                operation: Request.setUserMemoryRegion.name.description,
                argument: Self.describe(region, in: slot),
                cause: .refused(objection)
            )
        }
        if flags.contains(.guestMemoryFile) || memory.regions[slot]?.flags.contains(.guestMemoryFile) == true {
            throw KVMError(
                .setUserMemoryRegion,
                refused:
                    "a slot with a guest memory file cannot be changed, and is added with its file: remove it first",
                about: Self.describe(region, in: slot)
            )
        }
        if let old = memory.regions[slot], !Self.canChangeInOneStep(old, region) {
            try replace(old, with: region, in: slot)
        } else {
            try apply(region, to: slot)
        }
    }

    /// Takes the memory in a slot away from the guest (`KVM_SET_USER_MEMORY_REGION` with size zero).
    public mutating func removeMemoryRegion(_ slot: MemorySlot) throws(KVMError) {
        guard let region = memory.regions[slot] else {
            throw KVMError(
                operation: Request.setUserMemoryRegion.name.description,
                argument: "remove slot \(slot.rawValue)",
                cause: .refused("the slot is not in use")
            )
        }
        try remove(region, from: slot)
    }

    private static func canChangeInOneStep(_ old: MemoryRegion, _ new: MemoryRegion) -> Bool {
        old.hostAddress == new.hostAddress && old.size == new.size
            && old.flags.contains(.readOnly) == new.flags.contains(.readOnly)
    }

    private mutating func replace(
        _ old: MemoryRegion,
        with new: MemoryRegion,
        in slot: MemorySlot
    ) throws(KVMError) {
        try remove(old, from: slot)
        do {
            try apply(new, to: slot)
        } catch {
            try apply(old, to: slot)
            throw error
        }
    }

    private mutating func remove(_ region: MemoryRegion, from slot: MemorySlot) throws(KVMError) {
        var request = Self.request(region, in: slot)
        request.memory_size = 0
        // The older of the two requests does not know this flag.
        request.flags &= ~MemoryFlags.guestMemoryFile.rawValue
        try descriptor.call(
            .setUserMemoryRegion,
            reading: request,
            about: "remove " + Self.describe(region, in: slot)
        )
        memory.record(nil, in: slot)
    }

    private mutating func apply(_ region: MemoryRegion, to slot: MemorySlot) throws(KVMError) {
        try descriptor.call(
            .setUserMemoryRegion,
            reading: Self.request(region, in: slot),
            about: Self.describe(region, in: slot)
        )
        memory.record(region, in: slot)
    }

    private static func request(_ region: MemoryRegion, in slot: MemorySlot) -> kvm_userspace_memory_region {
        kvm_userspace_memory_region(
            slot: slot.rawValue,
            flags: region.flags.rawValue,
            guest_phys_addr: region.guestAddress.rawValue,
            memory_size: region.size,
            userspace_addr: UInt64(region.hostAddress)
        )
    }

    static func describe(_ region: MemoryRegion, in slot: MemorySlot) -> String {
        "slot \(slot.rawValue), \(region.size) bytes at \(region.guestAddress)"
    }
}
