extension VM {
    /// Reports dirty pages in a ring for each vCPU instead of a log for each slot (`KVM_CAP_DIRTY_LOG_RING_ACQ_REL`, or
    /// `KVM_CAP_DIRTY_LOG_RING`). Call this before making the first vCPU.
    ///
    /// ``dirtyLog(_:into:)`` does not work from then on. When a ring is nearly full, the guest exits with
    /// ``VCPUExit/dirtyRingFull``.
    ///
    /// - Parameter entries: how many pages each ring holds: a power of two, and at least what the host reserves for one
    ///   exit (about 512). The host's limit is the answer of ``check(_:)`` for the capability, divided by 16.
    public mutating func enableDirtyRing(entries: Int) throws(KVMError) {
        let capability: Capability =
            try check(.dirtyLogRingAcquireRelease) > 0 ? .dirtyLogRingAcquireRelease : .dirtyLogRing
        guard entries > 0, entries <= Int(UInt32.max) / DirtyRing.entrySize else {
            throw KVMError(
                operation: Request.enableCapability.name.description,
                argument: "\(capability.name), \(entries) entries",
                cause: .refused("a ring has at least one entry, and at most 65536 on known hosts")
            )
        }
        try descriptor.enable(capability, [UInt64(entries * DirtyRing.entrySize)])
        dirtyRingEntries = entries
    }

    /// Marks the pages that ``VCPU/harvestDirtyRing(_:)`` has returned as clean, on all vCPUs, and protects them again
    /// (`KVM_RESET_DIRTY_RINGS`).
    ///
    /// - Returns: how many pages.
    @discardableResult
    public func resetDirtyRings() throws(KVMError) -> Int {
        Int(try descriptor.call(.resetDirtyRings))
    }
}
