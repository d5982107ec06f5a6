import CKVM

extension VM {
    /// The size of a slot's dirty log in bytes: one bit for each page, in whole 64-bit words.
    public func dirtyLogSize(_ slot: MemorySlot) throws(KVMError) -> Int {
        let region = try region(of: slot, for: .getDirtyLog)
        return Self.bitmapSize(pages: region.size / MemoryRegion.pageSize)
    }

    /// Which pages of a slot the guest has written to since the last call (`KVM_GET_DIRTY_LOG`).
    ///
    /// With `KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2` enabled, pages stay dirty until
    /// ``clearDirtyLog(_:firstPage:pages:bitmap:)``.
    ///
    /// - Parameters:
    ///   - slot: a slot with ``MemoryFlags/logDirtyPages``.
    ///   - bitmap: filled: bit `n` of byte `m` is page `8 * m + n` of the slot. At least ``dirtyLogSize(_:)`` bytes.
    public func dirtyLog(_ slot: MemorySlot, into bitmap: inout MutableRawSpan) throws(KVMError) {
        let region = try region(of: slot, for: .getDirtyLog)
        let needed = Self.bitmapSize(pages: region.size / MemoryRegion.pageSize)
        try Self.require(bitmap.byteCount, needed, slot, .getDirtyLog)
        // SAFETY: the kernel writes `needed` bytes, and the bitmap has as many; the pointer is used during the call
        // only.
        try unsafe bitmap.withUnsafeMutableBytes { (buffer) throws(KVMError) in
            var request = unsafe kvm_dirty_log()
            unsafe request.slot = slot.rawValue
            unsafe request.dirty_bitmap = buffer.baseAddress
            try unsafe withUnsafeMutablePointer(to: &request) { (pointer) throws(KVMError) in
                _ = try unsafe descriptor.call(
                    .getDirtyLog,
                    at: UnsafeMutableRawPointer(pointer),
                    about: "slot \(slot.rawValue)"
                )
            }
        }
    }

    /// Marks pages clean and protects them again (`KVM_CLEAR_DIRTY_LOG`); needs
    /// `KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2` to be enabled.
    ///
    /// - Parameters:
    ///   - slot: a slot with ``MemoryFlags/logDirtyPages``.
    ///   - firstPage: the page of the bitmap's bit 0; a multiple of 64.
    ///   - pages: how many pages; a multiple of 64 unless they reach the end of the slot.
    ///   - bitmap: which of them; one bit for each, in whole 64-bit words.
    public func clearDirtyLog(
        _ slot: MemorySlot,
        firstPage: UInt64 = 0,
        pages: UInt32,
        bitmap: RawSpan
    ) throws(KVMError) {
        _ = try region(of: slot, for: .clearDirtyLog)
        try Self.require(bitmap.byteCount, Self.bitmapSize(pages: UInt64(pages)), slot, .clearDirtyLog)
        // SAFETY: the kernel only reads the bitmap, as many bytes as checked above, during the call.
        try unsafe bitmap.withUnsafeBytes { (buffer) throws(KVMError) in
            var request = unsafe kvm_clear_dirty_log()
            unsafe request.slot = slot.rawValue
            unsafe request.num_pages = pages
            unsafe request.first_page = firstPage
            unsafe request.dirty_bitmap = UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            try unsafe withUnsafeMutablePointer(to: &request) { (pointer) throws(KVMError) in
                _ = try unsafe descriptor.call(
                    .clearDirtyLog,
                    at: UnsafeMutableRawPointer(pointer),
                    about: "slot \(slot.rawValue), \(pages) pages from \(firstPage)"
                )
            }
        }
    }

    private func region(of slot: MemorySlot, for request: Request) throws(KVMError) -> MemoryRegion {
        guard let region = memory.regions[slot] else {
            throw KVMError(
                operation: request.name.description,
                argument: "slot \(slot.rawValue)",
                cause: .refused("the slot is not in use")
            )
        }
        return region
    }

    private static func bitmapSize(pages: UInt64) -> Int {
        Int((pages + 63) / 64 * 8)
    }

    private static func require(
        _ available: Int,
        _ needed: Int,
        _ slot: MemorySlot,
        _ request: Request
    ) throws(KVMError) {
        guard available >= needed else {
            throw KVMError(
                operation: request.name.description,
                argument: "slot \(slot.rawValue)",
                cause: .refused("the bitmap has \(available) bytes, but \(needed) are needed")
            )
        }
    }
}
