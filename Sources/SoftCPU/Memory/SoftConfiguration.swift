public import X86

/// What a processor is told about itself when it is made.
public struct SoftConfiguration: Sendable {
    /// What CPUID answers.
    public var cpuid: [CPUIDEntry] = []
    /// Bits of a physical address: higher ones are reserved in page tables.
    public var physicalAddressBits = 46
    /// Bits of CR4 that exist: VME to OSXMMEXCPT, UMIP, FSGSBASE, PCIDE, OSXSAVE, SMEP, SMAP.
    public var allowedCR4: UInt64 = 0x37_0FFF
    /// Bits of EFER that exist: SCE, LME, LMA, NXE, FFXSR.
    public var allowedEFER: UInt64 = 0x4D01

    /// What the processor does where the manuals leave it open.
    public var quirks = Quirks.zen

    /// A processor that answers nothing to CPUID.
    public init() {}
}
