/// The names of CPUID's feature bits, for messages (Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E).
public enum CPUIDFeature {
    /// A register of CPUID's answer.
    public enum Register: String, CaseIterable, Codable, Hashable, Sendable {
        /// EAX.
        case eax
        /// EBX.
        case ebx
        /// ECX.
        case ecx
        /// EDX.
        case edx

        /// Where an entry has this register.
        public var path: KeyPath<CPUIDEntry, UInt32> {
            switch self {
            case .eax: \.eax
            case .ebx: \.ebx
            case .ecx: \.ecx
            case .edx: \.edx
            }
        }
    }

    /// The name of one bit; nil if the bit is not a feature or has no name here.
    public static func name(function: UInt32, index: UInt32, register: Register, bit: Int) -> String? {
        guard index == 0, let names = tables[Key(function: function, register: register)], names.indices.contains(bit)
        else {
            return nil
        }
        return names[bit] == "-" ? nil : names[bit]
    }

    private struct Key: Hashable {
        let function: UInt32
        let register: Register
    }

    /// Names from bit 0 on; `-` for none.
    private static let tables: [Key: [String]] = [
        Key(function: 1, register: .edx): split(
            """
            FPU VME DE PSE TSC MSR PAE MCE CX8 APIC - SEP MTRR PGE MCA CMOV PAT PSE36 PSN CLFSH - DS ACPI MMX FXSR SSE SSE2 SS \
            HTT TM - PBE
            """
        ),
        Key(function: 1, register: .ecx): split(
            """
            SSE3 PCLMULQDQ DTES64 MONITOR DS-CPL VMX SMX EIST TM2 SSSE3 CNXT-ID SDBG FMA CX16 XTPR PDCM - PCID DCA SSE4.1 SSE4.2 \
            X2APIC MOVBE POPCNT TSC-DEADLINE AES XSAVE OSXSAVE AVX F16C RDRAND HYPERVISOR
            """
        ),
        Key(function: 7, register: .ebx): split(
            """
            FSGSBASE TSC_ADJUST SGX BMI1 HLE AVX2 FDP_EXCPTN SMEP BMI2 ERMS INVPCID RTM PQM FPU_CSDS MPX PQE AVX512F AVX512DQ \
            RDSEED ADX SMAP AVX512_IFMA - CLFLUSHOPT CLWB PT AVX512PF AVX512ER AVX512CD SHA AVX512BW AVX512VL
            """
        ),
        Key(function: 7, register: .ecx): split(
            """
            PREFETCHWT1 AVX512_VBMI UMIP PKU OSPKE WAITPKG AVX512_VBMI2 CET_SS GFNI VAES VPCLMULQDQ AVX512_VNNI AVX512_BITALG TME \
            AVX512_VPOPCNTDQ - LA57 - - - - - RDPID KL BUS_LOCK CLDEMOTE - MOVDIRI MOVDIR64B ENQCMD SGX_LC PKS
            """
        ),
        Key(function: 0x8000_0001, register: .ecx): split(
            """
            LAHF CMP_LEGACY SVM EXTAPIC CR8_LEGACY ABM SSE4A MISALIGNSSE 3DNOWPREFETCH OSVW IBS XOP SKINIT WDT - LWP FMA4 TCE - - \
            - TBM TOPOEXT PERFCTR_CORE PERFCTR_NB - DBEXT PERFTSC PCX_L2I MONITORX
            """
        ),
        Key(function: 0x8000_0001, register: .edx): split(
            """
            FPU VME DE PSE TSC MSR PAE MCE CX8 APIC - SYSCALL MTRR PGE MCA CMOV PAT PSE36 - - NX - MMXEXT MMX FXSR FXSR_OPT \
            PDPE1GB RDTSCP - LM 3DNOWEXT 3DNOW
            """
        ),
    ]

    private static func split(_ names: String) -> [String] {
        names.split(separator: " ").map(String.init)
    }
}
