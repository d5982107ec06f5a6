internal import CZydis

/// Arithmetic, comparisons by a predicate and rounding of floating-point lanes: ADDPS, SQRTSD, CMPPD, ROUNDSS and their kin.
enum FloatArithmetic: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        let string = table[ZYDIS_MNEMONIC_CMPSD]
        registerPacked(in: &table)
        registerScalar(in: &table)
        // CMPSD is a string instruction too.
        let scalar = table[ZYDIS_MNEMONIC_CMPSD]
        table[ZYDIS_MNEMONIC_CMPSD] = { builder in
            if builder.isXMM(0) { scalar?(&builder) } else { string?(&builder) }
        }
    }

    private static func registerPacked(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_ADDPS,
            { packed($0, $1, FloatSum.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatSum.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_ADDPD,
            { packed($0, $1, FloatSum.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatSum.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_SUBPS,
            { packed($0, $1, FloatDifference.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatDifference.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_SUBPD,
            { packed($0, $1, FloatDifference.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatDifference.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MULPS,
            { packed($0, $1, FloatProduct.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatProduct.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MULPD,
            { packed($0, $1, FloatProduct.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatProduct.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_DIVPS,
            { packed($0, $1, FloatQuotient.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatQuotient.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_DIVPD,
            { packed($0, $1, FloatQuotient.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatQuotient.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MINPS,
            { packed($0, $1, FloatMinimum.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatMinimum.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MINPD,
            { packed($0, $1, FloatMinimum.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatMinimum.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MAXPS,
            { packed($0, $1, FloatMaximum.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatMaximum.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MAXPD,
            { packed($0, $1, FloatMaximum.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatMaximum.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_SQRTPS,
            { packed($0, $1, FloatRoot.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatRoot.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_SQRTPD,
            { packed($0, $1, FloatRoot.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatRoot.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_CMPPS,
            { packed($0, $1, FloatPredicate.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatPredicate.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_CMPPD,
            { packed($0, $1, FloatPredicate.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatPredicate.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_ROUNDPS,
            { packed($0, $1, FloatIntegral.self, SoftSingle.self) },
            { packedLoaded($0, $1, FloatIntegral.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_ROUNDPD,
            { packed($0, $1, FloatIntegral.self, SoftDouble.self) },
            { packedLoaded($0, $1, FloatIntegral.self, SoftDouble.self) }
        )
    }

    private static func registerScalar(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_ADDSS,
            { scalar($0, $1, FloatSum.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatSum.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_ADDSD,
            { scalar($0, $1, FloatSum.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatSum.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_SUBSS,
            { scalar($0, $1, FloatDifference.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatDifference.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_SUBSD,
            { scalar($0, $1, FloatDifference.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatDifference.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MULSS,
            { scalar($0, $1, FloatProduct.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatProduct.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MULSD,
            { scalar($0, $1, FloatProduct.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatProduct.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_DIVSS,
            { scalar($0, $1, FloatQuotient.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatQuotient.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_DIVSD,
            { scalar($0, $1, FloatQuotient.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatQuotient.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MINSS,
            { scalar($0, $1, FloatMinimum.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatMinimum.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MINSD,
            { scalar($0, $1, FloatMinimum.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatMinimum.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MAXSS,
            { scalar($0, $1, FloatMaximum.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatMaximum.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_MAXSD,
            { scalar($0, $1, FloatMaximum.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatMaximum.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_SQRTSS,
            { scalar($0, $1, FloatRoot.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatRoot.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_SQRTSD,
            { scalar($0, $1, FloatRoot.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatRoot.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_CMPSS,
            { scalar($0, $1, FloatPredicate.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatPredicate.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_CMPSD,
            { scalar($0, $1, FloatPredicate.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatPredicate.self, SoftDouble.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_ROUNDSS,
            { scalar($0, $1, FloatIntegral.self, SoftSingle.self) },
            { scalarLoaded($0, $1, FloatIntegral.self, SoftSingle.self) }
        )
        table.enter(
            ZYDIS_MNEMONIC_ROUNDSD,
            { scalar($0, $1, FloatIntegral.self, SoftDouble.self) },
            { scalarLoaded($0, $1, FloatIntegral.self, SoftDouble.self) }
        )
    }
}
