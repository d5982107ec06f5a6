import CKVM

extension VM {
    /// Makes failing accesses to model-specific registers exit (`KVM_CAP_X86_USER_SPACE_MSR`) as
    /// ``VCPUExit/msrRead(number:reason:)`` and ``VCPUExit/msrWrite(number:value:reason:)`` instead of raising #GP.
    public func setUserSpaceMSRExits(_ reasons: MSRExitReasons) throws(KVMError) {
        try descriptor.enable(.x86UserSpaceMSR, [UInt64(reasons.rawValue)])
    }

    /// Decides which model-specific registers the guest can access (`KVM_X86_SET_MSR_FILTER`).
    public func setMSRFilter(_ filter: MSRFilter) throws(KVMError) {
        try Self.check(filter)
        var bitmaps = filter.ranges.flatMap(\.bitmap)
        // SAFETY: each range points to its own bytes within the bitmaps, which live through the call.
        try unsafe bitmaps.withUnsafeMutableBufferPointer { (buffer) throws(KVMError) in
            var request = kvm_msr_filter()
            request.flags = filter.allowsOthers ? 0 : UInt32(KVM_MSR_FILTER_DEFAULT_DENY)
            var start = 0
            for (index, range) in filter.ranges.enumerated() {
                let entry = unsafe kvm_msr_filter_range(
                    flags: range.access.rawValue,
                    nmsrs: UInt32(range.allowed.count),
                    base: range.first.rawValue,
                    bitmap: buffer.baseAddress.map { unsafe $0 + start }
                )
                unsafe withUnsafeMutablePointer(to: &request) { pointer in
                    unsafe ckvm_msr_filter_range_at(pointer, UInt32(index)).pointee = entry
                }
                start += range.bitmap.count
            }
            try unsafe withUnsafeMutablePointer(to: &request) { (pointer) throws(KVMError) in
                _ = try unsafe descriptor.call(
                    .setMSRFilter,
                    at: UnsafeMutableRawPointer(pointer),
                    about: "\(filter.ranges.count) ranges"
                )
            }
        }
    }

    private static func check(_ filter: MSRFilter) throws(KVMError) {
        let maximum = Int(KVM_MSR_FILTER_MAX_BITMAP_SIZE) * 8
        if filter.ranges.count > Int(KVM_MSR_FILTER_MAX_RANGES) {
            throw refusal(filter, "there can be at most \(KVM_MSR_FILTER_MAX_RANGES) ranges")
        }
        for range in filter.ranges where range.allowed.isEmpty || range.allowed.count > maximum {
            throw refusal(filter, "the range from MSR \(range.first) must have 1 to \(maximum) registers")
        }
        for range in filter.ranges where range.access.isEmpty {
            throw refusal(filter, "the range from MSR \(range.first) must decide about reading, writing or both")
        }
    }

    private static func refusal(_ filter: MSRFilter, _ reason: String) -> KVMError {
        KVMError(
            operation: Request.setMSRFilter.name.description,
            argument: "\(filter.ranges.count) ranges",
            cause: .refused(reason)
        )
    }
}
