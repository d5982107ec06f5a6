public import X86

/// What a processor is told about itself when it is made.
public struct SoftConfiguration: Sendable {
    /// What CPUID answers.
    public var cpuid: [CPUIDEntry] = []
    /// Bits of a physical address: higher ones are reserved in page tables.
    public var physicalAddressBits = 46
    /// Bits of CR4 that exist: VME to OSXMMEXCPT, UMIP, FSGSBASE, PCIDE, OSXSAVE, SMEP, SMAP.
    public var allowedCR4: UInt64 = 0x37_0FFF
    /// The model-specific registers that the guest uses without an exit, of those that the processor has.
    public var modelSpecificRegisters = SoftConfiguration.presentRegisters
    /// Bits of EFER that exist: SCE, LME, LMA, NXE, FFXSR.
    public var allowedEFER: UInt64 = 0x4D01

    /// What the processor does where the manuals leave it open.
    public var quirks = Quirks.zen

    /// The model-specific registers that the processor has, but for those that are with its segments and control registers.
    public static var presentRegisters: [UInt32] { ModelSpecificRegister.numbers }

    /// A processor that answers nothing to CPUID.
    public init() {}
}
