internal import CZydis

/// Conversions between floating-point formats and integers, of all lanes or one: CVTPS2PD, CVTSI2SD, CVTTSD2SI, CVTPI2PS and
/// their kin.
enum FloatConversions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        registerFormats(in: &table)
        registerIntegers(in: &table)
        ScalarConversions.register(in: &table)
        HalfConversions.register(in: &table)
    }

    private static func registerFormats(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_CVTPS2PD,
            { compute($0, $1) { PackedConversion.cvtps2pd($1, &$3) } },
            { computeLoaded($0, $1, UInt64.self) { PackedConversion.cvtps2pd($1, &$3) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_CVTPD2PS,
            { compute($0, $1) { PackedConversion.cvtpd2ps($1, &$3) } },
            { computeLoaded($0, $1) { PackedConversion.cvtpd2ps($1, &$3) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_CVTSS2SD,
            { compute($0, $1) { PackedConversion.cvtss2sd($0, $1, &$3) } },
            { computeLoaded($0, $1, UInt32.self) { PackedConversion.cvtss2sd($0, $1, &$3) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_CVTSD2SS,
            { compute($0, $1) { PackedConversion.cvtsd2ss($0, $1, &$3) } },
            { computeLoaded($0, $1, UInt64.self) { PackedConversion.cvtsd2ss($0, $1, &$3) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_CVTDQ2PS,
            { compute($0, $1) { PackedConversion.cvtdq2ps($1, &$3) } },
            { computeLoaded($0, $1) { PackedConversion.cvtdq2ps($1, &$3) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_CVTDQ2PD,
            { compute($0, $1) { PackedConversion.cvtdq2pd($1, &$3) } },
            { computeLoaded($0, $1, UInt64.self) { PackedConversion.cvtdq2pd($1, &$3) } }
        )
    }

    private static func registerIntegers(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_CVTPS2DQ,
            { compute($0, $1) { PackedConversion.integers($1, &$3, ofSingles: 4) } },
            { computeLoaded($0, $1) { PackedConversion.integers($1, &$3, ofSingles: 4) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_CVTTPS2DQ,
            { compute($0, $1) { PackedConversion.integers($1, &$3, ofSingles: 4, isTruncating: true) } },
            { computeLoaded($0, $1) { PackedConversion.integers($1, &$3, ofSingles: 4, isTruncating: true) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_CVTPD2DQ,
            { compute($0, $1) { PackedConversion.integersOfDoubles($1, &$3) } },
            { computeLoaded($0, $1) { PackedConversion.integersOfDoubles($1, &$3) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_CVTTPD2DQ,
            { compute($0, $1) { PackedConversion.integersOfDoubles($1, &$3, isTruncating: true) } },
            { computeLoaded($0, $1) { PackedConversion.integersOfDoubles($1, &$3, isTruncating: true) } }
        )
    }
}
