import CKVM
import SystemPackage
import X86

extension Descriptor {
    /// Makes a request that fills a CPUID table: `KVM_GET_SUPPORTED_CPUID`, `KVM_GET_EMULATED_CPUID`, `KVM_GET_CPUID2`.
    func cpuidTable(_ request: Request) throws(KVMError) -> [CPUIDEntry] {
        let count = CPUIDEntry.maximumCount
        let table = FlexibleArray(
            header: ckvm_cpuid_header(nent: UInt32(count), padding: 0),
            repeating: kvm_cpuid_entry2(),
            count: count
        )
        // SAFETY: the table has the layout of kvm_cpuid2 and room for as many entries as its header says.
        try unsafe call(request, at: table.address, about: "room for \(count) entries")
        return table.elements(count: Int(table.header.nent)).map(CPUIDEntry.init)
    }

    /// Makes a request that fills a list of MSR numbers: `KVM_GET_MSR_INDEX_LIST`, `KVM_GET_MSR_FEATURE_INDEX_LIST`.
    func msrNumbers(_ request: Request) throws(KVMError) -> [MSRNumber] {
        // Well above what any kernel lists (about 500). A kernel that lists more answers E2BIG, which is passed on.
        let room = 4096
        let list = FlexibleArray(header: ckvm_msr_list_header(nmsrs: UInt32(room)), repeating: UInt32(0), count: room)
        // SAFETY: the list has the layout of kvm_msr_list and room for as many numbers as its header says.
        try unsafe call(request, at: list.address, about: "room for \(room) numbers")
        return list.elements(count: Int(list.header.nmsrs)).map(MSRNumber.init(rawValue:))
    }

    /// Reads MSRs (`KVM_GET_MSRS`): a vCPU's, or, on `/dev/kvm`, the features that KVM can offer.
    func readMSRs(_ numbers: [MSRNumber]) throws(KVMError) -> [MSREntry] {
        var result: [MSREntry] = []
        result.reserveCapacity(numbers.count)
        for start in stride(from: 0, to: numbers.count, by: Self.msrBatch) {
            let batch = numbers[start..<min(start + Self.msrBatch, numbers.count)]
            result += try transferMSRs(.getMSRs, batch.map { MSREntry($0, 0) })
        }
        return result
    }

    /// Writes MSRs (`KVM_SET_MSRS`) in the given order. Those before the first refused one are written.
    func writeMSRs(_ entries: [MSREntry]) throws(KVMError) {
        for start in stride(from: 0, to: entries.count, by: Self.msrBatch) {
            _ = try transferMSRs(.setMSRs, Array(entries[start..<min(start + Self.msrBatch, entries.count)]))
        }
    }

    // The kernel takes fewer than 256 at a time (MAX_IO_MSRS).
    private static var msrBatch: Int { 255 }

    private func transferMSRs(_ request: Request, _ entries: [MSREntry]) throws(KVMError) -> [MSREntry] {
        let list = FlexibleArray(
            header: ckvm_msrs_header(nmsrs: UInt32(entries.count), pad: 0),
            elements: entries.map { kvm_msr_entry(index: $0.number.rawValue, reserved: 0, data: $0.value) },
            filler: kvm_msr_entry()
        )
        // SAFETY: the list has the layout of kvm_msrs and as many entries as its header says.
        let done = Int(try unsafe call(request, at: list.address, about: "\(entries.count) registers"))
        guard done >= entries.count else {
            // The kernel reports how many it handled, without an errno: it refused the next one.
            throw KVMError(
                operation: request.name.description,
                argument: "MSR \(entries[max(done, 0)].number)",
                cause: .refused("this host's KVM lacks it or does not accept that value")
            )
        }
        return list.elements(count: done).map { MSREntry(MSRNumber($0.index), $0.data) }
    }
}
