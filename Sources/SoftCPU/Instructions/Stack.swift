internal import CZydis

/// PUSH, POP, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE.
enum Stack: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_PUSH] = { emitPush(&$0) }
        table[ZYDIS_MNEMONIC_POP] = { emitPop(&$0) }
        for mnemonic in [ZYDIS_MNEMONIC_PUSHA, ZYDIS_MNEMONIC_PUSHAD] {
            table[mnemonic] = { $0.emit(pushAll, destination: UInt8($0.operandBytes)) }
        }
        for mnemonic in [ZYDIS_MNEMONIC_POPA, ZYDIS_MNEMONIC_POPAD] {
            table[mnemonic] = { $0.emit(popAll, destination: UInt8($0.operandBytes)) }
        }
        for mnemonic in [ZYDIS_MNEMONIC_PUSHF, ZYDIS_MNEMONIC_PUSHFD, ZYDIS_MNEMONIC_PUSHFQ] {
            table[mnemonic] = { $0.emit(pushFlags, destination: UInt8($0.stackBytes)) }
        }
        for mnemonic in [ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPFD, ZYDIS_MNEMONIC_POPFQ] {
            table[mnemonic] = {
                $0.emit(popFlags, destination: UInt8($0.stackBytes))
                $0.finish()
            }
        }
        table[ZYDIS_MNEMONIC_ENTER] = {
            $0.emit(enterFrame, destination: UInt8($0.stackBytes), immediate: $0.immediate(0), extra: $0.immediate(1))
        }
        table[ZYDIS_MNEMONIC_LEAVE] = { emitLeave(&$0) }
    }

    private static func emitPush(_ builder: inout BlockBuilder) {
        let bytes = builder.stackBytes
        switch builder.kind(0) {
        case .segment:
            builder.emit(pushSegment, destination: UInt8(bytes), source: UInt8(builder.segmentNumber(0)))
        case .immediate:
            if let size = builder.flatStackSize(bytes) {
                var record = builder.stackRecord(pushImmediate[size], immediate: builder.immediate(0))
                record.access = Access.write | Access.stack
                builder.write(record)
            } else {
                builder.emit(pushImmediateSlow, destination: UInt8(bytes), immediate: builder.immediate(0))
            }
        case .memory:
            builder.emit(
                Moves.registerMemory[bytes.trailingZeroBitCount],
                memory: 0,
                bytes: bytes,
                access: Access.read,
                destination: RegisterOffset.temporary
            )
            emitPush(&builder, bytes, from: RegisterOffset.temporary)
        default: emitPush(&builder, bytes, from: builder.registerOffset(0))
        }
    }

    private static func emitPush(_ builder: inout BlockBuilder, _ bytes: Int, from source: UInt8) {
        if let size = builder.flatStackSize(bytes) {
            var record = builder.stackRecord(pushRegister[size], source: source)
            record.access = Access.write | Access.stack
            builder.write(record)
        } else {
            builder.emit(pushRegisterSlow, destination: UInt8(bytes), source: source)
        }
    }

    private static func emitPop(_ builder: inout BlockBuilder) {
        let bytes = builder.stackBytes
        switch builder.kind(0) {
        case .segment: SegmentMoves.emitPop(&builder)
        case .memory: emitPopToMemory(&builder, bytes)
        default:
            let destination = builder.registerOffset(0)
            if let size = builder.flatStackSize(bytes) {
                builder.emit(
                    popRegister[size],
                    at: RegisterOffset.general(4),
                    displacement: 0,
                    bytes: bytes,
                    access: Access.read | Access.stack,
                    destination: destination
                )
            } else {
                builder.emit(popRegisterSlow, destination: destination, source: UInt8(bytes))
            }
        }
    }

    /// The address is formed with the stack pointer as it is behind the pop, which therefore is raised first and put back
    /// if the store faults.
    private static func emitPopToMemory(_ builder: inout BlockBuilder, _ bytes: Int) {
        var record = builder.offsetOnly(of: 0)
        record.handler = popToMemory
        record.destination = UInt8(bytes)
        record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(0).mem.segment))
        builder.write(record)
    }

    private static func emitLeave(_ builder: inout BlockBuilder) {
        let bytes = builder.stackBytes
        if builder.mode.contains(.long), bytes == 8 {
            builder.emit(
                leaveFrame,
                at: RegisterOffset.general(5),
                displacement: 0,
                bytes: 8,
                access: Access.read | Access.stack
            )
        } else {
            builder.emit(leaveFrameSlow, destination: UInt8(bytes))
        }
    }

    private static let pushImmediate: [Handler] = [
        { pushFlatImmediate($0, $1, UInt32.self) }, { pushFlatImmediate($0, $1, UInt64.self) },
    ]
    private static let pushRegister: [Handler] = [
        { pushFlat($0, $1, UInt32.self) }, { pushFlat($0, $1, UInt64.self) },
    ]
    private static let popRegister: [Handler] = [
        { popFlat($0, $1, UInt32.self) }, { popFlat($0, $1, UInt64.self) },
    ]
}

extension BlockBuilder {
    /// Bytes of a stack slot of the instruction under way: 8 in 64-bit code unless a prefix makes it 2.
    var stackBytes: Int {
        if mode.contains(.long) { return unsafe instruction.operand_width == 16 ? 2 : 8 }
        return unsafe Int(instruction.operand_width) / 8
    }

    /// The number of a segment register operand.
    func segmentNumber(_ index: Int) -> Int { RegisterOffset.segmentNumber(register(index)) }
}
