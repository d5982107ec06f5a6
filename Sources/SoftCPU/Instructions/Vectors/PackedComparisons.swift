internal import CZydis

/// Bitwise operations, comparisons, minima and maxima on integers in XMM and MMX registers. The bitwise operations on
/// floating-point numbers are the same.
enum PackedComparisons: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_PAND,
            { combine($0, $1, Packed.pand) },
            { combineLoaded($0, $1, Packed.pand) },
            mmx: { combineHalves($0, $1, Packed.pand) },
            { combineLoadedHalf($0, $1, Packed.pand) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PANDN,
            { combine($0, $1, Packed.pandn) },
            { combineLoaded($0, $1, Packed.pandn) },
            mmx: { combineHalves($0, $1, Packed.pandn) },
            { combineLoadedHalf($0, $1, Packed.pandn) }
        )
        table.enter(
            ZYDIS_MNEMONIC_POR,
            { combine($0, $1, Packed.por) },
            { combineLoaded($0, $1, Packed.por) },
            mmx: { combineHalves($0, $1, Packed.por) },
            { combineLoadedHalf($0, $1, Packed.por) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PXOR,
            { combine($0, $1, Packed.pxor) },
            { combineLoaded($0, $1, Packed.pxor) },
            mmx: { combineHalves($0, $1, Packed.pxor) },
            { combineLoadedHalf($0, $1, Packed.pxor) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PCMPEQB,
            { combine($0, $1, Packed.pcmpeqb) },
            { combineLoaded($0, $1, Packed.pcmpeqb) },
            mmx: { combineHalves($0, $1, Packed.pcmpeqb) },
            { combineLoadedHalf($0, $1, Packed.pcmpeqb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PCMPEQW,
            { combine($0, $1, Packed.pcmpeqw) },
            { combineLoaded($0, $1, Packed.pcmpeqw) },
            mmx: { combineHalves($0, $1, Packed.pcmpeqw) },
            { combineLoadedHalf($0, $1, Packed.pcmpeqw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PCMPEQD,
            { combine($0, $1, Packed.pcmpeqd) },
            { combineLoaded($0, $1, Packed.pcmpeqd) },
            mmx: { combineHalves($0, $1, Packed.pcmpeqd) },
            { combineLoadedHalf($0, $1, Packed.pcmpeqd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PCMPGTB,
            { combine($0, $1, Packed.pcmpgtb) },
            { combineLoaded($0, $1, Packed.pcmpgtb) },
            mmx: { combineHalves($0, $1, Packed.pcmpgtb) },
            { combineLoadedHalf($0, $1, Packed.pcmpgtb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PCMPGTW,
            { combine($0, $1, Packed.pcmpgtw) },
            { combineLoaded($0, $1, Packed.pcmpgtw) },
            mmx: { combineHalves($0, $1, Packed.pcmpgtw) },
            { combineLoadedHalf($0, $1, Packed.pcmpgtw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PCMPGTD,
            { combine($0, $1, Packed.pcmpgtd) },
            { combineLoaded($0, $1, Packed.pcmpgtd) },
            mmx: { combineHalves($0, $1, Packed.pcmpgtd) },
            { combineLoadedHalf($0, $1, Packed.pcmpgtd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMINUB,
            { combine($0, $1, Packed.pminub) },
            { combineLoaded($0, $1, Packed.pminub) },
            mmx: { combineHalves($0, $1, Packed.pminub) },
            { combineLoadedHalf($0, $1, Packed.pminub) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMINSW,
            { combine($0, $1, Packed.pminsw) },
            { combineLoaded($0, $1, Packed.pminsw) },
            mmx: { combineHalves($0, $1, Packed.pminsw) },
            { combineLoadedHalf($0, $1, Packed.pminsw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMAXUB,
            { combine($0, $1, Packed.pmaxub) },
            { combineLoaded($0, $1, Packed.pmaxub) },
            mmx: { combineHalves($0, $1, Packed.pmaxub) },
            { combineLoadedHalf($0, $1, Packed.pmaxub) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMAXSW,
            { combine($0, $1, Packed.pmaxsw) },
            { combineLoaded($0, $1, Packed.pmaxsw) },
            mmx: { combineHalves($0, $1, Packed.pmaxsw) },
            { combineLoadedHalf($0, $1, Packed.pmaxsw) }
        )
        table.enter(ZYDIS_MNEMONIC_PMINSB, { combine($0, $1, Packed.pminsb) }, { combineLoaded($0, $1, Packed.pminsb) })
        table.enter(ZYDIS_MNEMONIC_PMINUW, { combine($0, $1, Packed.pminuw) }, { combineLoaded($0, $1, Packed.pminuw) })
        table.enter(ZYDIS_MNEMONIC_PMINUD, { combine($0, $1, Packed.pminud) }, { combineLoaded($0, $1, Packed.pminud) })
        table.enter(ZYDIS_MNEMONIC_PMINSD, { combine($0, $1, Packed.pminsd) }, { combineLoaded($0, $1, Packed.pminsd) })
        table.enter(ZYDIS_MNEMONIC_PMAXSB, { combine($0, $1, Packed.pmaxsb) }, { combineLoaded($0, $1, Packed.pmaxsb) })
        table.enter(ZYDIS_MNEMONIC_PMAXUW, { combine($0, $1, Packed.pmaxuw) }, { combineLoaded($0, $1, Packed.pmaxuw) })
        table.enter(ZYDIS_MNEMONIC_PMAXUD, { combine($0, $1, Packed.pmaxud) }, { combineLoaded($0, $1, Packed.pmaxud) })
        table.enter(ZYDIS_MNEMONIC_PMAXSD, { combine($0, $1, Packed.pmaxsd) }, { combineLoaded($0, $1, Packed.pmaxsd) })
        table.enter(
            ZYDIS_MNEMONIC_PCMPEQQ,
            { combine($0, $1, Packed.pcmpeqq) },
            { combineLoaded($0, $1, Packed.pcmpeqq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PCMPGTQ,
            { combine($0, $1, Packed.pcmpgtq) },
            { combineLoaded($0, $1, Packed.pcmpgtq) }
        )
        table.enter(ZYDIS_MNEMONIC_ANDPS, { combine($0, $1, Packed.pand) }, { combineLoaded($0, $1, Packed.pand) })
        table.enter(ZYDIS_MNEMONIC_ANDPD, { combine($0, $1, Packed.pand) }, { combineLoaded($0, $1, Packed.pand) })
        table.enter(ZYDIS_MNEMONIC_ANDNPS, { combine($0, $1, Packed.pandn) }, { combineLoaded($0, $1, Packed.pandn) })
        table.enter(ZYDIS_MNEMONIC_ANDNPD, { combine($0, $1, Packed.pandn) }, { combineLoaded($0, $1, Packed.pandn) })
        table.enter(ZYDIS_MNEMONIC_ORPS, { combine($0, $1, Packed.por) }, { combineLoaded($0, $1, Packed.por) })
        table.enter(ZYDIS_MNEMONIC_ORPD, { combine($0, $1, Packed.por) }, { combineLoaded($0, $1, Packed.por) })
        table.enter(ZYDIS_MNEMONIC_XORPS, { combine($0, $1, Packed.pxor) }, { combineLoaded($0, $1, Packed.pxor) })
        table.enter(ZYDIS_MNEMONIC_XORPD, { combine($0, $1, Packed.pxor) }, { combineLoaded($0, $1, Packed.pxor) })
    }
}
