internal import CZydis
internal import X86

extension DataFlow {
    /// How results come from operands.
    private enum Family {
        case copy, signed, conditional, exchange, exchangeAdd, compareExchange, swapped
        case bitwise, sum, shift, byteShift
        case push, pop, call, back, leave, enter, pushAll, popAll, interruptReturn
        case string, portRead, portString, processor, clearFlags
        case highHalf, stackPush, save, restore
    }

    /// Follows the data through the instruction.
    mutating func follow() {
        switch Self.families[instruction.mnemonic.rawValue] {
        case .copy: copy()
        case .signed: extendSign()
        case .conditional: copyConditionally()
        case .exchange: exchange(adding: false)
        case .exchangeAdd: exchange(adding: true)
        case .compareExchange: compareAndExchange()
        case .swapped: copy(reversed: true)
        case .bitwise: combineBitwise()
        case .sum: add()
        case .shift: shift()
        case .byteShift: shiftBytes()
        case .push: push()
        case .pop: pop()
        case .call: call()
        case .back: moveStack()
        case .leave: leave()
        case .enter: enter()
        case .pushAll: pushAll()
        case .popAll: popAll()
        case .interruptReturn: returnFromInterrupt()
        case .string: moveString()
        case .portRead: readPort()
        case .portString: movePortString()
        case .processor: askProcessor()
        case .clearFlags: writeFlags(DataSources(.code))
        case .highHalf: copyHalf()
        case .stackPush: pushFloat()
        case .save: save()
        case .restore: restore()
        case nil: mixEverything()
        }
    }

    private static let families: [ZydisMnemonic.RawValue: Family] = {
        var families: [ZydisMnemonic.RawValue: Family] = [:]
        func add(_ family: Family, _ mnemonics: ZydisMnemonic...) {
            for mnemonic in mnemonics { families[mnemonic.rawValue] = family }
        }
        add(.copy, ZYDIS_MNEMONIC_MOV, ZYDIS_MNEMONIC_MOVZX, ZYDIS_MNEMONIC_MOVD, ZYDIS_MNEMONIC_MOVQ)
        add(.copy, ZYDIS_MNEMONIC_MOVAPS, ZYDIS_MNEMONIC_MOVAPD, ZYDIS_MNEMONIC_MOVUPS, ZYDIS_MNEMONIC_MOVUPD)
        add(.copy, ZYDIS_MNEMONIC_MOVDQA, ZYDIS_MNEMONIC_MOVDQU, ZYDIS_MNEMONIC_LDDQU, ZYDIS_MNEMONIC_MOVSS)
        add(.copy, ZYDIS_MNEMONIC_MOVSD, ZYDIS_MNEMONIC_MOVNTI, ZYDIS_MNEMONIC_MOVNTDQ, ZYDIS_MNEMONIC_MOVNTPS)
        add(.copy, ZYDIS_MNEMONIC_MOVNTPD, ZYDIS_MNEMONIC_MOVNTQ, ZYDIS_MNEMONIC_MOVNTDQA)
        add(.copy, ZYDIS_MNEMONIC_MOVQ2DQ, ZYDIS_MNEMONIC_MOVDQ2Q)
        add(.signed, ZYDIS_MNEMONIC_MOVSX, ZYDIS_MNEMONIC_MOVSXD, ZYDIS_MNEMONIC_CBW, ZYDIS_MNEMONIC_CWDE)
        add(.signed, ZYDIS_MNEMONIC_CDQE, ZYDIS_MNEMONIC_CWD, ZYDIS_MNEMONIC_CDQ, ZYDIS_MNEMONIC_CQO)
        for (mnemonic, _) in conditions { families[mnemonic] = .conditional }
        add(.exchange, ZYDIS_MNEMONIC_XCHG)
        add(.exchangeAdd, ZYDIS_MNEMONIC_XADD)
        add(.compareExchange, ZYDIS_MNEMONIC_CMPXCHG)
        add(.swapped, ZYDIS_MNEMONIC_BSWAP, ZYDIS_MNEMONIC_MOVBE)
        add(.bitwise, ZYDIS_MNEMONIC_AND, ZYDIS_MNEMONIC_OR, ZYDIS_MNEMONIC_XOR, ZYDIS_MNEMONIC_NOT)
        add(.bitwise, ZYDIS_MNEMONIC_ANDN, ZYDIS_MNEMONIC_PAND, ZYDIS_MNEMONIC_POR, ZYDIS_MNEMONIC_PXOR)
        add(.bitwise, ZYDIS_MNEMONIC_PANDN, ZYDIS_MNEMONIC_ANDPS, ZYDIS_MNEMONIC_ANDPD, ZYDIS_MNEMONIC_ORPS)
        add(.bitwise, ZYDIS_MNEMONIC_ORPD, ZYDIS_MNEMONIC_XORPS, ZYDIS_MNEMONIC_XORPD, ZYDIS_MNEMONIC_ANDNPS)
        add(.bitwise, ZYDIS_MNEMONIC_ANDNPD, ZYDIS_MNEMONIC_PADDB, ZYDIS_MNEMONIC_PSUBB, ZYDIS_MNEMONIC_PMAXUB)
        add(.bitwise, ZYDIS_MNEMONIC_PMINUB, ZYDIS_MNEMONIC_PCMPEQB, ZYDIS_MNEMONIC_PCMPGTB, ZYDIS_MNEMONIC_PAVGB)
        add(.sum, ZYDIS_MNEMONIC_ADD, ZYDIS_MNEMONIC_SUB, ZYDIS_MNEMONIC_INC, ZYDIS_MNEMONIC_DEC)
        add(.sum, ZYDIS_MNEMONIC_NEG, ZYDIS_MNEMONIC_ADC, ZYDIS_MNEMONIC_SBB, ZYDIS_MNEMONIC_LEA)
        add(.shift, ZYDIS_MNEMONIC_SHL, ZYDIS_MNEMONIC_SHR, ZYDIS_MNEMONIC_SAR, ZYDIS_MNEMONIC_ROL)
        add(.shift, ZYDIS_MNEMONIC_ROR, ZYDIS_MNEMONIC_RCL, ZYDIS_MNEMONIC_RCR, ZYDIS_MNEMONIC_SHLX)
        add(.shift, ZYDIS_MNEMONIC_SHRX, ZYDIS_MNEMONIC_SARX, ZYDIS_MNEMONIC_RORX, ZYDIS_MNEMONIC_SHLD)
        add(.shift, ZYDIS_MNEMONIC_SHRD)
        add(.byteShift, ZYDIS_MNEMONIC_PSLLDQ, ZYDIS_MNEMONIC_PSRLDQ)
        add(.push, ZYDIS_MNEMONIC_PUSH, ZYDIS_MNEMONIC_PUSHF, ZYDIS_MNEMONIC_PUSHFD, ZYDIS_MNEMONIC_PUSHFQ)
        add(.pop, ZYDIS_MNEMONIC_POP, ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPFD, ZYDIS_MNEMONIC_POPFQ)
        add(.call, ZYDIS_MNEMONIC_CALL)
        add(.back, ZYDIS_MNEMONIC_RET)
        add(.leave, ZYDIS_MNEMONIC_LEAVE)
        add(.enter, ZYDIS_MNEMONIC_ENTER)
        add(.pushAll, ZYDIS_MNEMONIC_PUSHA, ZYDIS_MNEMONIC_PUSHAD)
        add(.popAll, ZYDIS_MNEMONIC_POPA, ZYDIS_MNEMONIC_POPAD)
        add(.interruptReturn, ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD, ZYDIS_MNEMONIC_IRETQ)
        add(.string, ZYDIS_MNEMONIC_MOVSB, ZYDIS_MNEMONIC_MOVSW, ZYDIS_MNEMONIC_MOVSQ, ZYDIS_MNEMONIC_STOSB)
        add(.string, ZYDIS_MNEMONIC_STOSW, ZYDIS_MNEMONIC_STOSD, ZYDIS_MNEMONIC_STOSQ, ZYDIS_MNEMONIC_LODSB)
        add(.string, ZYDIS_MNEMONIC_LODSW, ZYDIS_MNEMONIC_LODSD, ZYDIS_MNEMONIC_LODSQ, ZYDIS_MNEMONIC_CMPSB)
        add(.string, ZYDIS_MNEMONIC_CMPSW, ZYDIS_MNEMONIC_CMPSD, ZYDIS_MNEMONIC_CMPSQ, ZYDIS_MNEMONIC_SCASB)
        add(.string, ZYDIS_MNEMONIC_SCASW, ZYDIS_MNEMONIC_SCASD, ZYDIS_MNEMONIC_SCASQ)
        add(.portRead, ZYDIS_MNEMONIC_IN, ZYDIS_MNEMONIC_RDTSC, ZYDIS_MNEMONIC_RDTSCP, ZYDIS_MNEMONIC_RDPMC)
        add(.portRead, ZYDIS_MNEMONIC_RDRAND, ZYDIS_MNEMONIC_RDSEED, ZYDIS_MNEMONIC_RDPID, ZYDIS_MNEMONIC_RDMSR)
        for mnemonic in DataInstruction.strings { families[mnemonic] = .portString }
        add(.processor, ZYDIS_MNEMONIC_CPUID, ZYDIS_MNEMONIC_XGETBV, ZYDIS_MNEMONIC_SGDT, ZYDIS_MNEMONIC_SIDT)
        add(.processor, ZYDIS_MNEMONIC_SLDT, ZYDIS_MNEMONIC_STR, ZYDIS_MNEMONIC_SMSW, ZYDIS_MNEMONIC_LAR)
        add(.processor, ZYDIS_MNEMONIC_LSL, ZYDIS_MNEMONIC_RDFSBASE, ZYDIS_MNEMONIC_RDGSBASE, ZYDIS_MNEMONIC_STMXCSR)
        add(.processor, ZYDIS_MNEMONIC_FNSTCW, ZYDIS_MNEMONIC_FNSTSW, ZYDIS_MNEMONIC_FNSTENV, ZYDIS_MNEMONIC_FNINIT)
        add(.clearFlags, ZYDIS_MNEMONIC_CLC, ZYDIS_MNEMONIC_STC, ZYDIS_MNEMONIC_CLD, ZYDIS_MNEMONIC_STD)
        add(.highHalf, ZYDIS_MNEMONIC_MOVHPS, ZYDIS_MNEMONIC_MOVHPD, ZYDIS_MNEMONIC_MOVLPS, ZYDIS_MNEMONIC_MOVLPD)
        add(.highHalf, ZYDIS_MNEMONIC_MOVHLPS, ZYDIS_MNEMONIC_MOVLHPS)
        add(.stackPush, ZYDIS_MNEMONIC_FLD, ZYDIS_MNEMONIC_FILD, ZYDIS_MNEMONIC_FBLD, ZYDIS_MNEMONIC_FLDZ)
        add(.stackPush, ZYDIS_MNEMONIC_FLD1, ZYDIS_MNEMONIC_FLDPI, ZYDIS_MNEMONIC_FLDL2E, ZYDIS_MNEMONIC_FLDL2T)
        add(.stackPush, ZYDIS_MNEMONIC_FLDLG2, ZYDIS_MNEMONIC_FLDLN2)
        add(.save, ZYDIS_MNEMONIC_FXSAVE, ZYDIS_MNEMONIC_FXSAVE64, ZYDIS_MNEMONIC_XSAVE, ZYDIS_MNEMONIC_XSAVE64)
        add(.save, ZYDIS_MNEMONIC_XSAVEC, ZYDIS_MNEMONIC_XSAVEC64, ZYDIS_MNEMONIC_XSAVEOPT)
        add(.save, ZYDIS_MNEMONIC_XSAVEOPT64, ZYDIS_MNEMONIC_XSAVES, ZYDIS_MNEMONIC_XSAVES64)
        add(.restore, ZYDIS_MNEMONIC_FXRSTOR, ZYDIS_MNEMONIC_FXRSTOR64, ZYDIS_MNEMONIC_XRSTOR)
        add(.restore, ZYDIS_MNEMONIC_XRSTOR64, ZYDIS_MNEMONIC_XRSTORS, ZYDIS_MNEMONIC_XRSTORS64)
        return families
    }()
}
