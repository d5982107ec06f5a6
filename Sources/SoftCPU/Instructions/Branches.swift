internal import CZydis

/// Near JMP, CALL and RET; LOOP and JCXZ.
enum Branches: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_JMP] = { emitJump(&$0) }
        table[ZYDIS_MNEMONIC_CALL] = { emitCall(&$0) }
        table[ZYDIS_MNEMONIC_RET] = { emitReturn(&$0) }
        for (kind, mnemonic) in [ZYDIS_MNEMONIC_LOOPNE, ZYDIS_MNEMONIC_LOOPE].enumerated() {
            table[mnemonic] = { emitLoop(&$0, decidingPrefix($0) ?? kind) }
        }
        table[ZYDIS_MNEMONIC_LOOP] = { emitLoop(&$0, 2) }
        for mnemonic in [ZYDIS_MNEMONIC_JCXZ, ZYDIS_MNEMONIC_JECXZ, ZYDIS_MNEMONIC_JRCXZ] {
            table[mnemonic] = { emitLoop(&$0, 3) }
        }
    }

    private static func emitJump(_ builder: inout BlockBuilder) {
        if unsafe builder.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR {
            return FarTransfers.emitJump(&builder)
        }
        builder.finish()
        if builder.isImmediate(0) {
            builder.emit(jumpNear, immediate: builder.branchOffset, extra: builder.branchMask)
            builder.reserveLinks()
            return
        }
        builder.emit(jumpIndirect, source: builder.loadBranchTarget(), extra: builder.branchMask)
        builder.emit(jumpIndirectSlow, source: builder.branchSource, extra: builder.branchMask)
    }

    private static func emitCall(_ builder: inout BlockBuilder) {
        if unsafe builder.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR {
            return FarTransfers.emitCall(&builder)
        }
        builder.finish()
        let bytes = builder.branchBytes
        if builder.isImmediate(0) {
            if !builder.notesCalls, let size = builder.flatStackSize(bytes) {
                builder.write(builder.stackRecord(callNear[size], immediate: builder.branchOffset))
            }
            builder.emit(
                callNearSlow,
                destination: UInt8(bytes),
                immediate: builder.branchOffset,
                extra: builder.branchMask
            )
            builder.reserveLinks()
            return
        }
        let source = builder.loadBranchTarget()
        if !builder.notesCalls, let size = builder.flatStackSize(bytes) {
            builder.write(builder.stackRecord(callIndirect[size], source: source))
        }
        builder.emit(callIndirectSlow, destination: UInt8(bytes), source: source, extra: builder.branchMask)
    }

    private static func emitReturn(_ builder: inout BlockBuilder) {
        if unsafe builder.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR {
            return FarTransfers.emitReturn(&builder)
        }
        builder.finish()
        let bytes = builder.branchBytes
        let extra = builder.isImmediate(0) ? builder.immediate(0) & 0xFFFF : 0
        if !builder.notesCalls, let size = builder.flatStackSize(bytes) {
            builder.emit(
                returnNear[size],
                at: RegisterOffset.general(4),
                displacement: 0,
                bytes: bytes,
                access: Access.read | Access.stack | Access.leaves,
                immediate: extra + Int64(bytes)
            )
        }
        builder.emit(returnNearSlow, destination: UInt8(bytes), immediate: extra)
    }

    /// The kind of loop that a prefix makes of LOOPE and LOOPNE.
    private static func decidingPrefix(_ builder: BlockBuilder) -> Int? {
        guard builder.quirks.contains(.prefixesDecideLoops) else { return nil }
        return builder.repeatPrefix.map { $0 == 0xF2 ? 0 : 1 }
    }

    private static func emitLoop(_ builder: inout BlockBuilder, _ kind: Int) {
        builder.emit(
            loopHandler,
            destination: UInt8(kind),
            source: unsafe builder.instruction.address_width,
            immediate: builder.branchOffset,
            extra: builder.branchMask
        )
        builder.reserveLinks()
        builder.finish()
    }

    /// By size: 4 and 8 bytes.
    private static let callNear: [Handler] = [
        { callNearFlat($0, $1, UInt32.self) }, { callNearFlat($0, $1, UInt64.self) },
    ]
    private static let callIndirect: [Handler] = [
        { callIndirectFlat($0, $1, UInt32.self) }, { callIndirectFlat($0, $1, UInt64.self) },
    ]
    private static let returnNear: [Handler] = [
        { returnFlat($0, $1, UInt32.self) }, { returnFlat($0, $1, UInt64.self) },
    ]
}

extension BlockBuilder {
    /// Bytes of the instruction pointer that a near branch pushes or pops.
    var branchBytes: Int {
        if mode.contains(.long) { return 8 }
        return unsafe instruction.operand_width == 16 ? 2 : 4
    }

    /// Index into lists of handlers by size, where the stack is flat and slots of this size are ordinary.
    func flatStackSize(_ bytes: Int) -> Int? {
        if mode.contains(.long) { return bytes == 8 ? 1 : nil }
        return mode.contains(.flat) && bytes == 4 ? 0 : nil
    }

    /// An operation that pushes one ordinary slot; what does the same by the slow path follows it.
    func stackRecord(_ handler: Handler, source: UInt8 = 0, immediate: Int64 = 0) -> OperationRecord {
        let bytes = mode.contains(.long) ? 8 : 4
        return OperationRecord(
            handler: handler,
            source: source,
            base: RegisterOffset.general(4),
            index: RegisterOffset.zero,
            accessSize: UInt8(bytes),
            access: Access.write | Access.stack | Access.leaves,
            displacement: Int32(-bytes),
            immediate: immediate
        )
    }

    /// Where the target of an indirect branch is, after an operation that loads it from memory.
    mutating func loadBranchTarget() -> UInt8 {
        guard isMemory(0) else { return registerOffset(0) }
        let bytes = branchBytes
        emit(
            Moves.registerMemory[bytes.trailingZeroBitCount],
            memory: 0,
            bytes: bytes,
            access: Access.read,
            destination: RegisterOffset.temporary
        )
        return RegisterOffset.temporary
    }

    /// As ``loadBranchTarget()``, when that has been called.
    var branchSource: UInt8 { isMemory(0) ? RegisterOffset.temporary : registerOffset(0) }
}
