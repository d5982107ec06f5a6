internal import CZydis

/// Sums, differences, products and what is close to them, on integers in XMM and MMX registers.
enum PackedArithmetic: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        registerSums(in: &table)
        registerProducts(in: &table)
    }

    private static func registerSums(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_PADDB,
            { combine($0, $1, Packed.paddb) },
            { combineLoaded($0, $1, Packed.paddb) },
            mmx: { combineHalves($0, $1, Packed.paddb) },
            { combineLoadedHalf($0, $1, Packed.paddb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PADDW,
            { combine($0, $1, Packed.paddw) },
            { combineLoaded($0, $1, Packed.paddw) },
            mmx: { combineHalves($0, $1, Packed.paddw) },
            { combineLoadedHalf($0, $1, Packed.paddw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PADDD,
            { combine($0, $1, Packed.paddd) },
            { combineLoaded($0, $1, Packed.paddd) },
            mmx: { combineHalves($0, $1, Packed.paddd) },
            { combineLoadedHalf($0, $1, Packed.paddd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PADDQ,
            { combine($0, $1, Packed.paddq) },
            { combineLoaded($0, $1, Packed.paddq) },
            mmx: { combineHalves($0, $1, Packed.paddq) },
            { combineLoadedHalf($0, $1, Packed.paddq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSUBB,
            { combine($0, $1, Packed.psubb) },
            { combineLoaded($0, $1, Packed.psubb) },
            mmx: { combineHalves($0, $1, Packed.psubb) },
            { combineLoadedHalf($0, $1, Packed.psubb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSUBW,
            { combine($0, $1, Packed.psubw) },
            { combineLoaded($0, $1, Packed.psubw) },
            mmx: { combineHalves($0, $1, Packed.psubw) },
            { combineLoadedHalf($0, $1, Packed.psubw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSUBD,
            { combine($0, $1, Packed.psubd) },
            { combineLoaded($0, $1, Packed.psubd) },
            mmx: { combineHalves($0, $1, Packed.psubd) },
            { combineLoadedHalf($0, $1, Packed.psubd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSUBQ,
            { combine($0, $1, Packed.psubq) },
            { combineLoaded($0, $1, Packed.psubq) },
            mmx: { combineHalves($0, $1, Packed.psubq) },
            { combineLoadedHalf($0, $1, Packed.psubq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PADDSB,
            { combine($0, $1, Packed.paddsb) },
            { combineLoaded($0, $1, Packed.paddsb) },
            mmx: { combineHalves($0, $1, Packed.paddsb) },
            { combineLoadedHalf($0, $1, Packed.paddsb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PADDSW,
            { combine($0, $1, Packed.paddsw) },
            { combineLoaded($0, $1, Packed.paddsw) },
            mmx: { combineHalves($0, $1, Packed.paddsw) },
            { combineLoadedHalf($0, $1, Packed.paddsw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PADDUSB,
            { combine($0, $1, Packed.paddusb) },
            { combineLoaded($0, $1, Packed.paddusb) },
            mmx: { combineHalves($0, $1, Packed.paddusb) },
            { combineLoadedHalf($0, $1, Packed.paddusb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PADDUSW,
            { combine($0, $1, Packed.paddusw) },
            { combineLoaded($0, $1, Packed.paddusw) },
            mmx: { combineHalves($0, $1, Packed.paddusw) },
            { combineLoadedHalf($0, $1, Packed.paddusw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSUBSB,
            { combine($0, $1, Packed.psubsb) },
            { combineLoaded($0, $1, Packed.psubsb) },
            mmx: { combineHalves($0, $1, Packed.psubsb) },
            { combineLoadedHalf($0, $1, Packed.psubsb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSUBSW,
            { combine($0, $1, Packed.psubsw) },
            { combineLoaded($0, $1, Packed.psubsw) },
            mmx: { combineHalves($0, $1, Packed.psubsw) },
            { combineLoadedHalf($0, $1, Packed.psubsw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSUBUSB,
            { combine($0, $1, Packed.psubusb) },
            { combineLoaded($0, $1, Packed.psubusb) },
            mmx: { combineHalves($0, $1, Packed.psubusb) },
            { combineLoadedHalf($0, $1, Packed.psubusb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSUBUSW,
            { combine($0, $1, Packed.psubusw) },
            { combineLoaded($0, $1, Packed.psubusw) },
            mmx: { combineHalves($0, $1, Packed.psubusw) },
            { combineLoadedHalf($0, $1, Packed.psubusw) }
        )
    }

    private static func registerProducts(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_PMULLW,
            { combine($0, $1, Packed.pmullw) },
            { combineLoaded($0, $1, Packed.pmullw) },
            mmx: { combineHalves($0, $1, Packed.pmullw) },
            { combineLoadedHalf($0, $1, Packed.pmullw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMULHW,
            { combine($0, $1, Packed.pmulhw) },
            { combineLoaded($0, $1, Packed.pmulhw) },
            mmx: { combineHalves($0, $1, Packed.pmulhw) },
            { combineLoadedHalf($0, $1, Packed.pmulhw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMULHUW,
            { combine($0, $1, Packed.pmulhuw) },
            { combineLoaded($0, $1, Packed.pmulhuw) },
            mmx: { combineHalves($0, $1, Packed.pmulhuw) },
            { combineLoadedHalf($0, $1, Packed.pmulhuw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMULHRSW,
            { combine($0, $1, Packed.pmulhrsw) },
            { combineLoaded($0, $1, Packed.pmulhrsw) },
            mmx: { combineHalves($0, $1, Packed.pmulhrsw) },
            { combineLoadedHalf($0, $1, Packed.pmulhrsw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMULUDQ,
            { combine($0, $1, Packed.pmuludq) },
            { combineLoaded($0, $1, Packed.pmuludq) },
            mmx: { combineHalves($0, $1, Packed.pmuludq) },
            { combineLoadedHalf($0, $1, Packed.pmuludq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMADDWD,
            { combine($0, $1, Packed.pmaddwd) },
            { combineLoaded($0, $1, Packed.pmaddwd) },
            mmx: { combineHalves($0, $1, Packed.pmaddwd) },
            { combineLoadedHalf($0, $1, Packed.pmaddwd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMADDUBSW,
            { combine($0, $1, Packed.pmaddubsw) },
            { combineLoaded($0, $1, Packed.pmaddubsw) },
            mmx: { combineHalves($0, $1, Packed.pmaddubsw) },
            { combineLoadedHalf($0, $1, Packed.pmaddubsw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PAVGB,
            { combine($0, $1, Packed.pavgb) },
            { combineLoaded($0, $1, Packed.pavgb) },
            mmx: { combineHalves($0, $1, Packed.pavgb) },
            { combineLoadedHalf($0, $1, Packed.pavgb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PAVGW,
            { combine($0, $1, Packed.pavgw) },
            { combineLoaded($0, $1, Packed.pavgw) },
            mmx: { combineHalves($0, $1, Packed.pavgw) },
            { combineLoadedHalf($0, $1, Packed.pavgw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSADBW,
            { combine($0, $1, Packed.psadbw) },
            { combineLoaded($0, $1, Packed.psadbw) },
            mmx: { combineHalves($0, $1, Packed.psadbw) },
            { combineLoadedHalf($0, $1, Packed.psadbw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSIGNB,
            { combine($0, $1, Packed.psignb) },
            { combineLoaded($0, $1, Packed.psignb) },
            mmx: { combineHalves($0, $1, Packed.psignb) },
            { combineLoadedHalf($0, $1, Packed.psignb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSIGNW,
            { combine($0, $1, Packed.psignw) },
            { combineLoaded($0, $1, Packed.psignw) },
            mmx: { combineHalves($0, $1, Packed.psignw) },
            { combineLoadedHalf($0, $1, Packed.psignw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PSIGND,
            { combine($0, $1, Packed.psignd) },
            { combineLoaded($0, $1, Packed.psignd) },
            mmx: { combineHalves($0, $1, Packed.psignd) },
            { combineLoadedHalf($0, $1, Packed.psignd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PABSB,
            { transform($0, $1, Packed.pabsb) },
            { transformLoaded($0, $1, Packed.pabsb) },
            mmx: { transformHalf($0, $1, Packed.pabsb) },
            { transformLoadedHalf($0, $1, Packed.pabsb) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PABSW,
            { transform($0, $1, Packed.pabsw) },
            { transformLoaded($0, $1, Packed.pabsw) },
            mmx: { transformHalf($0, $1, Packed.pabsw) },
            { transformLoadedHalf($0, $1, Packed.pabsw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PABSD,
            { transform($0, $1, Packed.pabsd) },
            { transformLoaded($0, $1, Packed.pabsd) },
            mmx: { transformHalf($0, $1, Packed.pabsd) },
            { transformLoadedHalf($0, $1, Packed.pabsd) }
        )
        table.enter(ZYDIS_MNEMONIC_PMULDQ, { combine($0, $1, Packed.pmuldq) }, { combineLoaded($0, $1, Packed.pmuldq) })
        table.enter(ZYDIS_MNEMONIC_PMULLD, { combine($0, $1, Packed.pmulld) }, { combineLoaded($0, $1, Packed.pmulld) })
        table.enter(
            ZYDIS_MNEMONIC_PHMINPOSUW,
            { transform($0, $1, Packed.phminposuw) },
            { transformLoaded($0, $1, Packed.phminposuw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MPSADBW,
            { combine($0, $1, Packed.mpsadbw) },
            { combineLoaded($0, $1, Packed.mpsadbw) }
        )
    }
}
