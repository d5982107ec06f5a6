import CKVM

/// One leaf, or subleaf, of a CPUID table (`struct kvm_cpuid_entry2`).
public struct CPUIDEntry: Hashable, Sendable {
    /// The leaf: EAX before the instruction.
    public var leaf: UInt32
    /// The subleaf: ECX before the instruction. Counts only if ``subleafMatters``.
    public var subleaf: UInt32
    /// The leaf has subleaves (`KVM_CPUID_FLAG_SIGNIFCANT_INDEX`).
    public var subleafMatters: Bool
    /// EAX after the instruction.
    public var eax: UInt32
    /// EBX after the instruction.
    public var ebx: UInt32
    /// ECX after the instruction.
    public var ecx: UInt32
    /// EDX after the instruction.
    public var edx: UInt32

    /// Makes a leaf of its parts; a subleaf given means that it matters.
    public init(
        leaf: UInt32,
        subleaf: UInt32? = nil,
        eax: UInt32 = 0,
        ebx: UInt32 = 0,
        ecx: UInt32 = 0,
        edx: UInt32 = 0
    ) {
        self.leaf = leaf
        self.subleaf = subleaf ?? 0
        self.subleafMatters = subleaf != nil
        self.eax = eax
        self.ebx = ebx
        self.ecx = ecx
        self.edx = edx
    }
}

extension CPUIDEntry {
    /// The most entries that KVM keeps for one vCPU (`KVM_MAX_CPUID_ENTRIES`).
    public static let maximumCount = 256

    init(_ entry: kvm_cpuid_entry2) {
        leaf = entry.function
        subleaf = entry.index
        subleafMatters = entry.flags & UInt32(KVM_CPUID_FLAG_SIGNIFCANT_INDEX) != 0
        eax = entry.eax
        ebx = entry.ebx
        ecx = entry.ecx
        edx = entry.edx
    }

    var kernelValue: kvm_cpuid_entry2 {
        var entry = kvm_cpuid_entry2()
        entry.function = leaf
        entry.index = subleaf
        entry.flags = subleafMatters ? UInt32(KVM_CPUID_FLAG_SIGNIFCANT_INDEX) : 0
        entry.eax = eax
        entry.ebx = ebx
        entry.ecx = ecx
        entry.edx = edx
        return entry
    }
}
