import X86

/// What CPUID says about the registers that a processor has (Intel SDM vol. 2, CPUID).
struct ProcessorFeatures {
    /// Whether the vendor is Intel.
    let isIntel: Bool
    /// TSC_ADJUST: leaf 7, EBX bit 1.
    let hasCounterAdjustment: Bool
    /// Whether it has any feature that IA32_FEATURE_CONTROL controls: VMX or SMX (leaf 1, ECX bits 5 and 6), or SGX
    /// (leaf 7, EBX bit 2).
    let hasFeatureControl: Bool

    private static let intel: (UInt32, UInt32, UInt32) = (0x756E_6547, 0x4965_6E69, 0x6C65_746E)

    init(_ cpuid: [CPUIDEntry]) {
        let vendor = cpuid.first { $0.function == 0 }
        isIntel = vendor.map { ($0.ebx, $0.edx, $0.ecx) == Self.intel } ?? false
        let basic = cpuid.first { $0.function == 1 }?.ecx ?? 0
        let extended = cpuid.first { $0.function == 7 && $0.index == 0 }?.ebx ?? 0
        hasCounterAdjustment = extended & 1 << 1 != 0
        hasFeatureControl = isIntel && (basic & (1 << 5 | 1 << 6) != 0 || extended & 1 << 2 != 0)
    }
}
