internal import CZydis

/// What brings lanes of XMM and MMX registers to other places or other sizes.
enum PackedShuffles: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        registerInterleaving(in: &table)
        registerWithControl(in: &table)
    }

    private static func registerInterleaving(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_PACKSSWB,
            { combine($0, $1, Packed.packsswb) },
            { combineLoaded($0, $1, Packed.packsswb) },
            mmx: { combineHalves($0, $1, MMX.packsswb) },
            { combineLoadedHalf($0, $1, MMX.packsswb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PACKSSDW,
            { combine($0, $1, Packed.packssdw) },
            { combineLoaded($0, $1, Packed.packssdw) },
            mmx: { combineHalves($0, $1, MMX.packssdw) },
            { combineLoadedHalf($0, $1, MMX.packssdw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PACKUSWB,
            { combine($0, $1, Packed.packuswb) },
            { combineLoaded($0, $1, Packed.packuswb) },
            mmx: { combineHalves($0, $1, MMX.packuswb) },
            { combineLoadedHalf($0, $1, MMX.packuswb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PUNPCKHBW,
            { combine($0, $1, Packed.punpckhbw) },
            { combineLoaded($0, $1, Packed.punpckhbw) },
            mmx: { combineHalves($0, $1, MMX.punpckhbw) },
            { combineLoadedHalf($0, $1, MMX.punpckhbw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PUNPCKHWD,
            { combine($0, $1, Packed.punpckhwd) },
            { combineLoaded($0, $1, Packed.punpckhwd) },
            mmx: { combineHalves($0, $1, MMX.punpckhwd) },
            { combineLoadedHalf($0, $1, MMX.punpckhwd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PUNPCKHDQ,
            { combine($0, $1, Packed.punpckhdq) },
            { combineLoaded($0, $1, Packed.punpckhdq) },
            mmx: { combineHalves($0, $1, MMX.punpckhdq) },
            { combineLoadedHalf($0, $1, MMX.punpckhdq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSHUFB,
            { combine($0, $1, Packed.pshufb) },
            { combineLoaded($0, $1, Packed.pshufb) },
            mmx: { combineHalves($0, $1, MMX.pshufb) },
            { combineLoadedHalf($0, $1, MMX.pshufb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PHADDW,
            { combine($0, $1, Packed.phaddw) },
            { combineLoaded($0, $1, Packed.phaddw) },
            mmx: { combineHalves($0, $1, MMX.phaddw) },
            { combineLoadedHalf($0, $1, MMX.phaddw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PHADDD,
            { combine($0, $1, Packed.phaddd) },
            { combineLoaded($0, $1, Packed.phaddd) },
            mmx: { combineHalves($0, $1, MMX.phaddd) },
            { combineLoadedHalf($0, $1, MMX.phaddd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PHADDSW,
            { combine($0, $1, Packed.phaddsw) },
            { combineLoaded($0, $1, Packed.phaddsw) },
            mmx: { combineHalves($0, $1, MMX.phaddsw) },
            { combineLoadedHalf($0, $1, MMX.phaddsw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PHSUBW,
            { combine($0, $1, Packed.phsubw) },
            { combineLoaded($0, $1, Packed.phsubw) },
            mmx: { combineHalves($0, $1, MMX.phsubw) },
            { combineLoadedHalf($0, $1, MMX.phsubw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PHSUBD,
            { combine($0, $1, Packed.phsubd) },
            { combineLoaded($0, $1, Packed.phsubd) },
            mmx: { combineHalves($0, $1, MMX.phsubd) },
            { combineLoadedHalf($0, $1, MMX.phsubd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PHSUBSW,
            { combine($0, $1, Packed.phsubsw) },
            { combineLoaded($0, $1, Packed.phsubsw) },
            mmx: { combineHalves($0, $1, MMX.phsubsw) },
            { combineLoadedHalf($0, $1, MMX.phsubsw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PUNPCKLBW,
            { combine($0, $1, Packed.punpcklbw) },
            { combineLoaded($0, $1, Packed.punpcklbw) },
            mmx: { combineHalves($0, $1, Packed.punpcklbw) },
            { combineLoadedQuarter($0, $1, Packed.punpcklbw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PUNPCKLWD,
            { combine($0, $1, Packed.punpcklwd) },
            { combineLoaded($0, $1, Packed.punpcklwd) },
            mmx: { combineHalves($0, $1, Packed.punpcklwd) },
            { combineLoadedQuarter($0, $1, Packed.punpcklwd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PUNPCKLDQ,
            { combine($0, $1, Packed.punpckldq) },
            { combineLoaded($0, $1, Packed.punpckldq) },
            mmx: { combineHalves($0, $1, Packed.punpckldq) },
            { combineLoadedQuarter($0, $1, Packed.punpckldq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PUNPCKLQDQ,
            { combine($0, $1, Packed.punpcklqdq) },
            { combineLoaded($0, $1, Packed.punpcklqdq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PUNPCKHQDQ,
            { combine($0, $1, Packed.punpckhqdq) },
            { combineLoaded($0, $1, Packed.punpckhqdq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PACKUSDW,
            { combine($0, $1, Packed.packusdw) },
            { combineLoaded($0, $1, Packed.packusdw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_UNPCKLPS,
            { combine($0, $1, Packed.punpckldq) },
            { combineLoaded($0, $1, Packed.punpckldq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_UNPCKHPS,
            { combine($0, $1, Packed.punpckhdq) },
            { combineLoaded($0, $1, Packed.punpckhdq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_UNPCKLPD,
            { combine($0, $1, Packed.punpcklqdq) },
            { combineLoaded($0, $1, Packed.punpcklqdq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_UNPCKHPD,
            { combine($0, $1, Packed.punpckhqdq) },
            { combineLoaded($0, $1, Packed.punpckhqdq) }
        )
    }

    private static func registerWithControl(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_PSHUFD,
            { combine($0, $1) { Packed.pshufd($1, $2) } },
            { combineLoaded($0, $1) { Packed.pshufd($1, $2) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSHUFLW,
            { combine($0, $1) { Packed.pshuflw($1, $2) } },
            { combineLoaded($0, $1) { Packed.pshuflw($1, $2) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSHUFHW,
            { combine($0, $1) { Packed.pshufhw($1, $2) } },
            { combineLoaded($0, $1) { Packed.pshufhw($1, $2) } }
        )
        table.enter(ZYDIS_MNEMONIC_SHUFPS, { combine($0, $1, Packed.shufps) }, { combineLoaded($0, $1, Packed.shufps) })
        table.enter(ZYDIS_MNEMONIC_SHUFPD, { combine($0, $1, Packed.shufpd) }, { combineLoaded($0, $1, Packed.shufpd) })
        table.enter(
            ZYDIS_MNEMONIC_PBLENDW,
            { combine($0, $1, Packed.pblendw) },
            { combineLoaded($0, $1, Packed.pblendw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_BLENDPS,
            { combine($0, $1, Packed.blendps) },
            { combineLoaded($0, $1, Packed.blendps) }
        )
        table.enter(
            ZYDIS_MNEMONIC_BLENDPD,
            { combine($0, $1, Packed.blendpd) },
            { combineLoaded($0, $1, Packed.blendpd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PALIGNR,
            { combine($0, $1, Packed.palignr) },
            { combineLoaded($0, $1, Packed.palignr) },
            mmx: { combineHalves($0, $1, MMX.palignr) },
            { combineLoadedHalf($0, $1, UInt64.self, MMX.palignr) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSHUFW,
            { combineHalves($0, $1) { MMX.pshufw($1, $2) } },
            { combineLoadedHalf($0, $1, UInt64.self) { MMX.pshufw($1, $2) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_INSERTPS,
            { combine($0, $1) { Packed.insertps($0, $1.doublewords[Int($2 >> 6)], $2) } },
            { combineLoaded($0, $1, UInt32.self) { Packed.insertps($0, $1.doublewords[0], $2) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_PBLENDVB,
            { blend($0, $1, Packed.pblendvb) },
            { blendLoaded($0, $1, Packed.pblendvb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_BLENDVPS,
            { blend($0, $1, Packed.blendvps) },
            { blendLoaded($0, $1, Packed.blendvps) }
        )
        table.enter(
            ZYDIS_MNEMONIC_BLENDVPD,
            { blend($0, $1, Packed.blendvpd) },
            { blendLoaded($0, $1, Packed.blendvpd) }
        )
    }
}
