internal import Engine
internal import SoftCPU
internal import X86

extension SoftConfiguration {
    /// Makes the processor that a profile shows. Features that the profile does not show do not work (Intel SDM vol. 3,
    /// 2.5 and 2.2.1).
    init(_ profile: ProcessorProfile, keeping registers: [UInt32]) {
        self.init()
        cpuid = profile.cpuid
        modelSpecificRegisters = registers
        if let model = profile.model { quirks = Quirks(model) }
        let identification = Leaf(profile, 1)
        let features = Leaf(profile, 7)
        let extended = Leaf(profile, 0x8000_0001)
        // VME to OSXMMEXCPT. Every processor here has PAE.
        allowedCR4 = 0x7FF
        for (isShown, bit) in [
            (features.ecx >> 2 & 1, 11),  // UMIP
            (features.ebx >> 0 & 1, 16),  // FSGSBASE
            (identification.ecx >> 17 & 1, 17),  // PCID
            (identification.ecx >> 26 & 1, 18),  // XSAVE
            (features.ebx >> 7 & 1, 20),  // SMEP
            (features.ebx >> 20 & 1, 21),  // SMAP
        ] where isShown != 0 {
            allowedCR4 |= 1 << UInt64(bit)
        }
        // SCE, LME and LMA, NXE, FFXSR.
        allowedEFER = 1
        if extended.edx >> 29 & 1 != 0 { allowedEFER |= 0x500 }
        if extended.edx >> 20 & 1 != 0 { allowedEFER |= 0x800 }
        if extended.edx >> 25 & 1 != 0 { allowedEFER |= 0x4000 }
        let bits = Int(Leaf(profile, 0x8000_0008).eax & 0xFF)
        physicalAddressBits = (32...52).contains(bits) ? bits : 36
    }

    /// One leaf of a profile. Its registers are zero if the profile does not have it.
    private struct Leaf {
        var eax: UInt32 = 0
        var ebx: UInt32 = 0
        var ecx: UInt32 = 0
        var edx: UInt32 = 0

        init(_ profile: ProcessorProfile, _ function: UInt32) {
            guard let entry = profile.cpuid.first(where: { $0.function == function && $0.index == 0 }) else { return }
            (eax, ebx, ecx, edx) = (entry.eax, entry.ebx, entry.ecx, entry.edx)
        }
    }
}

extension Quirks {
    /// The quirks of a processor. If they were not measured, these are the quirks of the vendor's other processors.
    fileprivate init(_ model: ProcessorModel) {
        let measured = Self.measured(vendor: model.vendor, signature: model.signature)
        self = measured ?? (model.vendor == "GenuineIntel" ? .intel : .zen)
    }
}
