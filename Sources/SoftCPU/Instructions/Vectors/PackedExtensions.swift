internal import CZydis

/// PMOVSXBW and its kin, which extend the lowest lanes, and MOVDDUP and its kin, which double some.
enum PackedExtensions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_PMOVSXBW,
            { transform($0, $1, Packed.pmovsxbw) },
            { transformLoaded($0, $1, UInt64.self, Packed.pmovsxbw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVSXBD,
            { transform($0, $1, Packed.pmovsxbd) },
            { transformLoaded($0, $1, UInt32.self, Packed.pmovsxbd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVSXBQ,
            { transform($0, $1, Packed.pmovsxbq) },
            { transformLoaded($0, $1, UInt16.self, Packed.pmovsxbq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVSXWD,
            { transform($0, $1, Packed.pmovsxwd) },
            { transformLoaded($0, $1, UInt64.self, Packed.pmovsxwd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVSXWQ,
            { transform($0, $1, Packed.pmovsxwq) },
            { transformLoaded($0, $1, UInt32.self, Packed.pmovsxwq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVSXDQ,
            { transform($0, $1, Packed.pmovsxdq) },
            { transformLoaded($0, $1, UInt64.self, Packed.pmovsxdq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVZXBW,
            { transform($0, $1, Packed.pmovzxbw) },
            { transformLoaded($0, $1, UInt64.self, Packed.pmovzxbw) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVZXBD,
            { transform($0, $1, Packed.pmovzxbd) },
            { transformLoaded($0, $1, UInt32.self, Packed.pmovzxbd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVZXBQ,
            { transform($0, $1, Packed.pmovzxbq) },
            { transformLoaded($0, $1, UInt16.self, Packed.pmovzxbq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVZXWD,
            { transform($0, $1, Packed.pmovzxwd) },
            { transformLoaded($0, $1, UInt64.self, Packed.pmovzxwd) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVZXWQ,
            { transform($0, $1, Packed.pmovzxwq) },
            { transformLoaded($0, $1, UInt32.self, Packed.pmovzxwq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_PMOVZXDQ,
            { transform($0, $1, Packed.pmovzxdq) },
            { transformLoaded($0, $1, UInt64.self, Packed.pmovzxdq) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MOVDDUP,
            { transform($0, $1, Packed.movddup) },
            { transformLoaded($0, $1, UInt64.self, Packed.movddup) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MOVSLDUP,
            { transform($0, $1, Packed.movsldup) },
            { transformLoaded($0, $1, Packed.movsldup) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MOVSHDUP,
            { transform($0, $1, Packed.movshdup) },
            { transformLoaded($0, $1, Packed.movshdup) }
        )
    }
}
