import CKVM

extension VM {
    /// Decides which events the guest may count (`KVM_SET_PMU_EVENT_FILTER`; needs `KVM_CAP_PMU_EVENT_FILTER`, and masked events
    /// `KVM_CAP_PMU_EVENT_MASKED_EVENTS`).
    ///
    /// - Throws: E2BIG if there are more events than the kernel accepts.
    public func setPMUEventFilter(_ filter: PMUEventFilter) throws(KVMError) {
        let subject = "\(filter.events.count) events"
        try descriptor.require(.pmuEventFilter, for: .setPMUEventFilter, about: subject)
        if filter.isMasked { try descriptor.require(.pmuEventMaskedEvents, for: .setPMUEventFilter, about: subject) }
        var header = ckvm_pmu_event_filter_header()
        header.action = filter.action.rawValue
        header.nevents = UInt32(clamping: filter.events.count)
        header.fixed_counter_bitmap = filter.fixedCounters
        // KVM_PMU_EVENT_FLAG_MASKED_EVENTS.
        header.flags = filter.isMasked ? 1 : 0
        let list = FlexibleArray(header: header, elements: filter.events.map(\.rawValue), filler: 0)
        // SAFETY: the list has the layout of kvm_pmu_event_filter and as many events as its header says.
        try unsafe descriptor.call(.setPMUEventFilter, at: list.address, about: subject)
    }
}
