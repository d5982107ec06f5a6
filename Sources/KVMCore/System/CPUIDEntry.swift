import CKVM
public import X86

/// An entry of a CPUID table in KVM's form (`struct kvm_cpuid_entry2`).
extension CPUIDEntry {
    /// The most entries that KVM keeps for one vCPU (`KVM_MAX_CPUID_ENTRIES`).
    public static let maximumCount = 256

    init(_ entry: kvm_cpuid_entry2) {
        self.init(
            function: entry.function,
            index: entry.index,
            isIndexed: entry.flags & UInt32(KVM_CPUID_FLAG_SIGNIFCANT_INDEX) != 0,
            eax: entry.eax,
            ebx: entry.ebx,
            ecx: entry.ecx,
            edx: entry.edx
        )
    }

    var kernelValue: kvm_cpuid_entry2 {
        var entry = kvm_cpuid_entry2()
        entry.function = function
        entry.index = isIndexed ? index : 0
        entry.flags = isIndexed ? UInt32(KVM_CPUID_FLAG_SIGNIFCANT_INDEX) : 0
        entry.eax = eax
        entry.ebx = ebx
        entry.ecx = ecx
        entry.edx = edx
        return entry
    }
}
