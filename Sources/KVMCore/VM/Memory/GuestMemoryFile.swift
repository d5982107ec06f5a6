import CKVM
public import X86

/// Memory that belongs to one VM and backs its slots without being mapped into this process (guest_memfd; KVM API
/// documentation, section 4.142).
public struct GuestMemoryFile: ~Copyable, Sendable {
    let descriptor: Descriptor

    /// The size in bytes; a multiple of the page size.
    public let size: UInt64
    /// What it was made with.
    public let flags: Flags

    /// How it can be used.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// As in `kvm_create_guest_memfd::flags`.
        public var rawValue: UInt64

        /// Makes flags of their bits.
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// It can be mapped into this process (`GUEST_MEMFD_FLAG_MMAP`).
        public static let mappable = Self(rawValue: 1 << 0)
        /// Its pages are shared at first, so that a mapping of it can be accessed (`GUEST_MEMFD_FLAG_INIT_SHARED`).
        public static let initiallyShared = Self(rawValue: 1 << 1)
    }

    /// Maps the whole file for reading and writing.
    ///
    /// - Throws: ENODEV unless it is ``Flags/mappable``.
    public func map() throws(KVMError) -> GuestMemoryMapping {
        GuestMemoryMapping(
            mapping: try Mapping(of: descriptor, size: Int(clamping: size), called: "guest memory file")
        )
    }
}

/// A ``GuestMemoryFile`` mapped into this process.
@safe public struct GuestMemoryMapping: ~Copyable {
    let mapping: Mapping

    /// The first byte; page-aligned, and mapped as long as this value lives. Accessing a private page ends this
    /// process.
    public var address: UnsafeMutableRawPointer { unsafe mapping.address }

    /// The size in bytes.
    public var size: Int { mapping.size }
}

extension VM {
    /// Makes memory that belongs to the VM (`KVM_CREATE_GUEST_MEMFD`; needs `KVM_CAP_GUEST_MEMFD`).
    ///
    /// - Parameters:
    ///   - size: bytes; a multiple of the page size, not zero.
    ///   - flags: those that `KVM_CAP_GUEST_MEMFD_FLAGS` names; none before Linux 6.18.
    public func createGuestMemoryFile(
        size: UInt64,
        flags: GuestMemoryFile.Flags = []
    ) throws(KVMError) -> GuestMemoryFile {
        let subject = "\(size) bytes"
        try descriptor.require(.guestMemoryFile, for: .createGuestMemoryFile, about: subject)
        if !flags.isEmpty {
            let known = try descriptor.require(.guestMemoryFileFlags, for: .createGuestMemoryFile, about: subject)
            guard GuestMemoryFile.Flags(rawValue: UInt64(known)).isSuperset(of: flags) else {
                throw KVMError(
                    .createGuestMemoryFile,
                    refused: "this VM's files have no flags other than 0x\(String(known, radix: 16))",
                    about: subject
                )
            }
        }
        guard size > 0, size % MemoryRegion.pageSize == 0 else {
            throw KVMError(.createGuestMemoryFile, refused: "the size must be whole pages", about: subject)
        }
        var value = ckvm_create_guest_memfd()
        value.size = size
        value.flags = flags.rawValue
        let file = Descriptor(
            owning: try descriptor.call(.createGuestMemoryFile, with: &value, about: subject),
            host: descriptor.host
        )
        // Unlike KVM's other descriptors, it is not close-on-exec from the start.
        do {
            try descriptor.host.closeOnExec(file.rawValue)
        } catch {
            throw KVMError(operation: "fcntl", argument: "guest memory file", cause: .system(error))
        }
        return GuestMemoryFile(descriptor: file, size: size, flags: flags)
    }

    /// Adds a memory slot whose private pages come from a file of this VM's (`KVM_SET_USER_MEMORY_REGION2`; needs
    /// `KVM_CAP_USER_MEMORY2` and `KVM_CAP_GUEST_MEMFD`). It can be removed, and not changed.
    ///
    /// - Parameters:
    ///   - slot: a slot that is not in use.
    ///   - guestAddress: the memory's address in the guest; page-aligned.
    ///   - file: a file of this VM; the slot keeps it alive.
    ///   - fileOffset: the offset in the file of the slot's memory; page-aligned.
    ///   - sharedMemory: what the guest sees where its memory is shared; page-aligned. It must stay mapped until the slot is
    ///     removed and the VM and its vCPUs are gone. Nil if all of the memory comes from the file.
    ///   - size: bytes; a multiple of the page size, not zero.
    ///   - flags: write protection; writes to a file's pages cannot be logged.
    @unsafe public mutating func setMemoryRegion(
        _ slot: MemorySlot,
        guestAddress: GuestPhysicalAddress,
        file: borrowing GuestMemoryFile,
        fileOffset: UInt64 = 0,
        sharedMemory: UnsafeMutableRawPointer?,
        size: UInt64,
        flags: MemoryFlags = []
    ) throws(KVMError) {
        let region = MemoryRegion(
            guestAddress: guestAddress,
            hostAddress: UInt(bitPattern: sharedMemory),
            size: size,
            flags: flags.union(.guestMemoryFile)
        )
        let subject = Self.describe(region, in: slot)
        try descriptor.require(.userMemory2, for: .setUserMemoryRegion2, about: subject)
        try descriptor.require(.guestMemoryFile, for: .setUserMemoryRegion2, about: subject)
        if let objection = objection(to: region, in: slot, offset: fileOffset, of: file.size) {
            throw KVMError(.setUserMemoryRegion2, refused: objection, about: subject)
        }
        var request = ckvm_memory_region2()
        request.slot = slot.rawValue
        request.flags = region.flags.rawValue
        request.guest_phys_addr = guestAddress.rawValue
        request.memory_size = size
        request.userspace_addr = UInt64(region.hostAddress)
        request.guest_memfd_offset = fileOffset
        request.guest_memfd = UInt32(bitPattern: file.descriptor.rawValue)
        try descriptor.call(.setUserMemoryRegion2, reading: request, about: subject)
        memory.record(region, in: slot)
    }

    private func objection(
        to region: MemoryRegion,
        in slot: MemorySlot,
        offset: UInt64,
        of fileSize: UInt64
    ) -> String? {
        if let objection = memory.objection(to: region, in: slot) { return objection }
        if memory.regions[slot] != nil { return "the slot is in use: remove it first" }
        if offset % MemoryRegion.pageSize != 0 { return "the offset in the file is not page-aligned" }
        if offset > fileSize || region.size > fileSize - offset { return "the file ends before the slot does" }
        return nil
    }
}
