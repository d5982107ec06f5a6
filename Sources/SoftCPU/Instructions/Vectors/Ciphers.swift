internal import CZydis

/// AESENC and its kin, and PCLMULQDQ.
enum Ciphers: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table.enter(ZYDIS_MNEMONIC_AESENC, { combine($0, $1, AES.aesenc) }, { combineLoaded($0, $1, AES.aesenc) })
        table.enter(
            ZYDIS_MNEMONIC_AESENCLAST,
            { combine($0, $1, AES.aesenclast) },
            { combineLoaded($0, $1, AES.aesenclast) }
        )
        table.enter(ZYDIS_MNEMONIC_AESDEC, { combine($0, $1, AES.aesdec) }, { combineLoaded($0, $1, AES.aesdec) })
        table.enter(
            ZYDIS_MNEMONIC_AESDECLAST,
            { combine($0, $1, AES.aesdeclast) },
            { combineLoaded($0, $1, AES.aesdeclast) }
        )
        table.enter(ZYDIS_MNEMONIC_AESIMC, { transform($0, $1, AES.aesimc) }, { transformLoaded($0, $1, AES.aesimc) })
        table.enter(
            ZYDIS_MNEMONIC_AESKEYGENASSIST,
            { combine($0, $1) { AES.aeskeygenassist($1, $2) } },
            { combineLoaded($0, $1) { AES.aeskeygenassist($1, $2) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_PCLMULQDQ,
            { combine($0, $1, Carryless.pclmulqdq) },
            { combineLoaded($0, $1, Carryless.pclmulqdq) }
        )
    }
}
