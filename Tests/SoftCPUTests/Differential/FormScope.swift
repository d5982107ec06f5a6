import CZydis

@testable import SoftCPU

/// What the comparison with the processor does with a form.
enum FormScope: Equatable {
    /// Executed on both: x86-64-v2 has it, and user mode may execute it or faults.
    case compared
    /// Of a feature that x86-64-v2 does not have.
    case hidden
    /// Not executed, and why.
    case excluded(String)

    /// The scope of the form that an instruction has.
    init(_ decoded: DecodedInstruction) {
        let mnemonic = unsafe decoded.instruction.mnemonic
        if let reason = Self.reasons[mnemonic] {
            self = .excluded(reason)
        } else if let reason = Self.reason(decoded) {
            self = .excluded(reason)
        } else {
            self = unsafe Self.features.contains(decoded.instruction.meta.isa_ext) ? .compared : .hidden
        }
    }

    /// Zydis's names for what x86-64-v2 consists of, with AES and PCLMULQDQ, which some profiles show.
    private static let features: Set<ZydisISAExt> = [
        ZYDIS_ISA_EXT_BASE, ZYDIS_ISA_EXT_LONGMODE, ZYDIS_ISA_EXT_X87, ZYDIS_ISA_EXT_MMX, ZYDIS_ISA_EXT_SSE,
        ZYDIS_ISA_EXT_SSE2, ZYDIS_ISA_EXT_SSE3, ZYDIS_ISA_EXT_SSSE3, ZYDIS_ISA_EXT_SSE4, ZYDIS_ISA_EXT_AES,
        ZYDIS_ISA_EXT_PCLMULQDQ, ZYDIS_ISA_EXT_CLFSH, ZYDIS_ISA_EXT_PAUSE, ZYDIS_ISA_EXT_AMD3DNOW_PREFETCH,
        ZYDIS_ISA_EXT_MONITOR, ZYDIS_ISA_EXT_SMAP, ZYDIS_ISA_EXT_XSAVE,
    ]

    private static let reasons: [ZydisMnemonic: String] = {
        let lists: [(String, [ZydisMnemonic])] = [
            (
                "reads what the machine around the process is",
                [
                    ZYDIS_MNEMONIC_CPUID, ZYDIS_MNEMONIC_RDTSC, ZYDIS_MNEMONIC_RDPMC, ZYDIS_MNEMONIC_SGDT,
                    ZYDIS_MNEMONIC_SIDT, ZYDIS_MNEMONIC_SLDT, ZYDIS_MNEMONIC_STR, ZYDIS_MNEMONIC_SMSW,
                    ZYDIS_MNEMONIC_LAR, ZYDIS_MNEMONIC_LSL, ZYDIS_MNEMONIC_VERR, ZYDIS_MNEMONIC_VERW,
                ]
            ),
            (
                "enters the kernel, or a debugger",
                [
                    ZYDIS_MNEMONIC_SYSCALL, ZYDIS_MNEMONIC_SYSENTER, ZYDIS_MNEMONIC_INT, ZYDIS_MNEMONIC_INT1,
                    ZYDIS_MNEMONIC_INT3, ZYDIS_MNEMONIC_INTO,
                ]
            ),
            (
                "loads segments of the process",
                [
                    ZYDIS_MNEMONIC_LDS, ZYDIS_MNEMONIC_LES, ZYDIS_MNEMONIC_LSS, ZYDIS_MNEMONIC_LFS, ZYDIS_MNEMONIC_LGS,
                    ZYDIS_MNEMONIC_IRET,
                    ZYDIS_MNEMONIC_IRETD, ZYDIS_MNEMONIC_IRETQ,
                ]
            ),
            (
                "works on the components that the kernel has enabled",
                [
                    ZYDIS_MNEMONIC_XGETBV, ZYDIS_MNEMONIC_XSAVE, ZYDIS_MNEMONIC_XSAVE64, ZYDIS_MNEMONIC_XRSTOR,
                    ZYDIS_MNEMONIC_XRSTOR64, ZYDIS_MNEMONIC_XSAVEC, ZYDIS_MNEMONIC_XSAVEC64, ZYDIS_MNEMONIC_XSAVEOPT,
                    ZYDIS_MNEMONIC_XSAVEOPT64,
                ]
            ),
            (
                "is answered by the engine although the feature is hidden",
                [
                    ZYDIS_MNEMONIC_RDTSCP, ZYDIS_MNEMONIC_RDRAND, ZYDIS_MNEMONIC_RDSEED, ZYDIS_MNEMONIC_RDPID,
                ]
            ),
        ]
        var result: [ZydisMnemonic: String] = [:]
        for (reason, mnemonics) in lists { for mnemonic in mnemonics { result[mnemonic] = reason } }
        return result
    }()

    private static func reason(_ decoded: DecodedInstruction) -> String? {
        let mnemonic = unsafe decoded.instruction.mnemonic
        let prefixes = decoded.prefixes
        let scans = [ZYDIS_MNEMONIC_BSF, ZYDIS_MNEMONIC_BSR]
        if scans.contains(mnemonic), prefixes.contains(0xF3) { return "is TZCNT or LZCNT where those are not hidden" }
        if unsafe decoded.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR {
            return "loads segments of the process"
        }
        if unsafe decoded.instruction.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE, prefixes.contains(0x66) {
            return "is 16 bits wide on AMD, and not on Intel"
        }
        if unsafe decoded.instruction.attributes >> 41 & 3 != 0 { return "FS and GS are the process's" }
        let writesSegment = unsafe (0..<Int(decoded.instruction.operand_count_visible)).contains { index in
            let operand = decoded.operands[index]
            return operand.type == ZYDIS_OPERAND_TYPE_REGISTER && operand.actions & 0xA != 0
                && ZydisRegisterGetClass(operand.reg.value) == ZYDIS_REGCLASS_SEGMENT
        }
        if writesSegment { return "loads segments of the process" }
        if !NativeCode.isWhollyMeasured, isLeftToLine(decoded) {
            return "leaves something undefined that was not measured on older processors of AMD"
        }
        return NativeCode.isMeasured ? nil : unmeasuredReason(decoded)
    }

    /// Condition codes, reserved bits and selectors of x87, which NaN a sum of lanes gives, and SYSEXIT in long mode. The
    /// arithmetic of x87 is compared with every processor by tests of its own.
    private static func isLeftToLine(_ decoded: DecodedInstruction) -> Bool {
        let mnemonics: Set<ZydisMnemonic> = [
            ZYDIS_MNEMONIC_FXSAVE, ZYDIS_MNEMONIC_FXSAVE64, ZYDIS_MNEMONIC_FXRSTOR, ZYDIS_MNEMONIC_FXRSTOR64,
            ZYDIS_MNEMONIC_DPPS, ZYDIS_MNEMONIC_DPPD, ZYDIS_MNEMONIC_HADDPS, ZYDIS_MNEMONIC_HADDPD,
            ZYDIS_MNEMONIC_HSUBPS, ZYDIS_MNEMONIC_HSUBPD, ZYDIS_MNEMONIC_SYSEXIT,
        ]
        return unsafe decoded.instruction.meta.isa_ext == ZYDIS_ISA_EXT_X87
            || mnemonics.contains(decoded.instruction.mnemonic)
    }

    /// Forms whose results, not only flags, the manuals leave open.
    private static func unmeasuredReason(_ decoded: DecodedInstruction) -> String? {
        let mnemonic = unsafe decoded.instruction.mnemonic
        let isHint = mnemonic == ZYDIS_MNEMONIC_NOP
        let isDoubleShift = mnemonic == ZYDIS_MNEMONIC_SHLD || mnemonic == ZYDIS_MNEMONIC_SHRD
        let isEstimate = [
            ZYDIS_MNEMONIC_RCPSS, ZYDIS_MNEMONIC_RCPPS, ZYDIS_MNEMONIC_RSQRTSS, ZYDIS_MNEMONIC_RSQRTPS,
        ].contains(mnemonic)
        let isOpen = isHint || isEstimate || (isDoubleShift && decoded.operands[0].size == 16)
        return isOpen ? "is undefined, and this processor's line was not measured" : nil
    }
}
