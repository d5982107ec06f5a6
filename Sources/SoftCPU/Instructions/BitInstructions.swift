internal import CZydis

/// BT, BTS, BTR, BTC, BSF, BSR, POPCNT, BSWAP, CRC32, and TZCNT and LZCNT, which without their feature are BSF and BSR.
enum BitInstructions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        for (kind, mnemonic) in [ZYDIS_MNEMONIC_BT, ZYDIS_MNEMONIC_BTS, ZYDIS_MNEMONIC_BTR, ZYDIS_MNEMONIC_BTC]
            .enumerated()
        {
            table[mnemonic] = { emitTest(&$0, kind) }
        }
        for mnemonic in [ZYDIS_MNEMONIC_BSF, ZYDIS_MNEMONIC_TZCNT] { table[mnemonic] = { emitScan(&$0, 0) } }
        for mnemonic in [ZYDIS_MNEMONIC_BSR, ZYDIS_MNEMONIC_LZCNT] { table[mnemonic] = { emitScan(&$0, 1) } }
        table[ZYDIS_MNEMONIC_POPCNT] = { emitScan(&$0, 2) }
        table[ZYDIS_MNEMONIC_BSWAP] = {
            $0.emit(swapBytes, destination: $0.registerOffset(0), immediate: Int64($0.bytes(0)))
        }
        table[ZYDIS_MNEMONIC_CRC32] = {
            let source = $0.loadOperand(1)
            $0.emit(
                checksum,
                destination: $0.registerOffset(0),
                source: source,
                immediate: Int64($0.bytes(1)),
                extra: Int64($0.bytes(0))
            )
        }
    }

    /// The bit operand is in the immediate, or in a register. In memory, a register's bit may be far from the address.
    private static func emitTest(_ builder: inout BlockBuilder, _ kind: Int) {
        let bytes = builder.bytes(0)
        let byRegister = !builder.isImmediate(1)
        let source = byRegister ? builder.registerOffset(1) : 0
        let packed = Int64(kind | bytes << 8 | (byRegister ? 1 << 16 : 0))
        let bit = byRegister ? 0 : builder.immediate(1) & Int64(bytes * 8 - 1)
        guard builder.isMemory(0) else {
            builder.emit(
                testBit,
                destination: builder.registerOffset(0),
                source: source,
                immediate: bit,
                extra: packed
            )
            return
        }
        emitMemoryTest(&builder, kind, bytes, source, bit, packed)
    }

    private static func emitMemoryTest(
        _ builder: inout BlockBuilder,
        _ kind: Int,
        _ bytes: Int,
        _ source: UInt8,
        _ bit: Int64,
        _ packed: Int64
    ) {
        var record = builder.offsetOnly(of: 0)
        record.handler = testMemoryBit
        record.source = source
        record.destination = UInt8(RegisterOffset.segmentNumber(builder.operand(0).mem.segment))
        record.accessSize = UInt8(bytes)
        record.access = UInt8(kind)
        // The bits of addresses, and whether the bit's number is in a register, else the number.
        let isRegister = packed >> 16 & 1
        let width = unsafe Int64(builder.instruction.address_width)
        record.extra = width | isRegister << 8 | bit << 16
        builder.write(record)
    }

    private static func emitScan(_ builder: inout BlockBuilder, _ kind: Int) {
        let source = builder.loadOperand(1)
        builder.emit(
            scanBits,
            destination: builder.registerOffset(0),
            source: source,
            immediate: Int64(builder.bytes(0)),
            extra: Int64(kind)
        )
    }
}
