internal import CZydis

/// Jcc, SETcc and CMOVcc.
enum Conditional: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        for (condition, mnemonic) in jumps.enumerated() { table[mnemonic] = { emitJump(&$0, condition) } }
        for (condition, mnemonic) in sets.enumerated() { table[mnemonic] = { emitSet(&$0, condition) } }
        for (condition, mnemonic) in moves.enumerated() { table[mnemonic] = { emitMove(&$0, condition) } }
    }

    private static let jumps = [
        ZYDIS_MNEMONIC_JO, ZYDIS_MNEMONIC_JNO, ZYDIS_MNEMONIC_JB, ZYDIS_MNEMONIC_JNB, ZYDIS_MNEMONIC_JZ,
        ZYDIS_MNEMONIC_JNZ, ZYDIS_MNEMONIC_JBE, ZYDIS_MNEMONIC_JNBE, ZYDIS_MNEMONIC_JS, ZYDIS_MNEMONIC_JNS,
        ZYDIS_MNEMONIC_JP, ZYDIS_MNEMONIC_JNP, ZYDIS_MNEMONIC_JL, ZYDIS_MNEMONIC_JNL, ZYDIS_MNEMONIC_JLE,
        ZYDIS_MNEMONIC_JNLE,
    ]
    private static let sets = [
        ZYDIS_MNEMONIC_SETO, ZYDIS_MNEMONIC_SETNO, ZYDIS_MNEMONIC_SETB, ZYDIS_MNEMONIC_SETNB, ZYDIS_MNEMONIC_SETZ,
        ZYDIS_MNEMONIC_SETNZ, ZYDIS_MNEMONIC_SETBE, ZYDIS_MNEMONIC_SETNBE, ZYDIS_MNEMONIC_SETS, ZYDIS_MNEMONIC_SETNS,
        ZYDIS_MNEMONIC_SETP, ZYDIS_MNEMONIC_SETNP, ZYDIS_MNEMONIC_SETL, ZYDIS_MNEMONIC_SETNL, ZYDIS_MNEMONIC_SETLE,
        ZYDIS_MNEMONIC_SETNLE,
    ]
    private static let moves = [
        ZYDIS_MNEMONIC_CMOVO, ZYDIS_MNEMONIC_CMOVNO, ZYDIS_MNEMONIC_CMOVB, ZYDIS_MNEMONIC_CMOVNB,
        ZYDIS_MNEMONIC_CMOVZ, ZYDIS_MNEMONIC_CMOVNZ, ZYDIS_MNEMONIC_CMOVBE, ZYDIS_MNEMONIC_CMOVNBE,
        ZYDIS_MNEMONIC_CMOVS, ZYDIS_MNEMONIC_CMOVNS, ZYDIS_MNEMONIC_CMOVP, ZYDIS_MNEMONIC_CMOVNP,
        ZYDIS_MNEMONIC_CMOVL, ZYDIS_MNEMONIC_CMOVNL, ZYDIS_MNEMONIC_CMOVLE, ZYDIS_MNEMONIC_CMOVNLE,
    ]

    private static func emitJump(_ builder: inout BlockBuilder, _ condition: Int) {
        let handlers = builder.mode.contains(.long) ? jumpLong : jump32
        builder.emit(handlers[condition], immediate: builder.branchOffset, extra: builder.branchMask)
        builder.reserveLinks()
        builder.finish()
    }

    private static func emitSet(_ builder: inout BlockBuilder, _ condition: Int) {
        if builder.isMemory(0) {
            builder.emit(setMemory[condition], memory: 0, bytes: 1, access: Access.write)
        } else {
            builder.emit(setRegister[condition], destination: builder.registerOffset(0))
        }
    }

    private static func emitMove(_ builder: inout BlockBuilder, _ condition: Int) {
        let bytes = builder.bytes(0)
        let size = bytes.trailingZeroBitCount - 1
        let destination = builder.registerOffset(0)
        if builder.isMemory(1) {
            let handlers = [moveMemory16, moveMemory32, moveMemory64][size]
            builder.emit(handlers[condition], memory: 1, bytes: bytes, access: Access.read, destination: destination)
        } else {
            let handlers = [moveRegister16, moveRegister32, moveRegister64][size]
            builder.emit(handlers[condition], destination: destination, source: builder.registerOffset(1))
        }
    }
}

extension BlockBuilder {
    /// Where the relative branch under way goes, in bytes from the start of the block.
    var branchOffset: Int64 { unsafe Int64(offset) + Int64(instruction.length) + immediate(0) }

    /// The bits of the instruction pointer that the branch under way leaves.
    var branchMask: Int64 {
        if mode.contains(.long) { return -1 }
        return unsafe instruction.operand_width == 16 ? 0xFFFF : 0xFFFF_FFFF
    }
}

/// How a branch forms the instruction pointer.
protocol BranchTarget {
    static func form(_ cpu: CPU, _ operation: Operation) -> UInt64
}
enum LongTarget: BranchTarget {
    @inline(__always) static func form(_ cpu: CPU, _ operation: Operation) -> UInt64 {
        cpu.state.blockIP &+ UInt64(bitPattern: operation.immediate)
    }
}
enum Target32: BranchTarget {
    @inline(__always) static func form(_ cpu: CPU, _ operation: Operation) -> UInt64 {
        (cpu.state.blockIP &+ UInt64(bitPattern: operation.immediate)) & UInt64(bitPattern: operation.extra)
    }
}

@inline(__always)
func jumpIf<C: Condition, B: BranchTarget>(_ state: UInt, _ operation: UInt, _: C.Type, _: B.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let link = operation.following.address
    if C.holds(cpu) {
        cpu.state.blockIP = B.form(cpu, operation)
        follow(cpu, link)
    } else {
        cpu.state.blockIP = cpu.state.blockIP &+ operation.end
        follow(cpu, link &+ UInt(MemoryLayout<Link>.stride))
    }
}

@inline(__always)
func setIf<C: Condition>(_ state: UInt, _ operation: UInt, _: C.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setRegister(operation.destination, UInt8(C.holds(cpu) ? 1 : 0))
    next(cpu, operation)
}

@inline(__always)
func setMemoryIf<C: Condition>(_ state: UInt, _ operation: UInt, _: C.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, UInt8.self) else { return miss(cpu, operation) }
    entry.store(UInt8(C.holds(cpu) ? 1 : 0), address)
    next(cpu, operation)
}

@inline(__always)
func moveIf<C: Condition, T: Word>(_ state: UInt, _ operation: UInt, _: C.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    // A move of 32 bits clears the upper half even where the condition does not hold.
    let value: T = cpu.register(C.holds(cpu) ? operation.source : operation.destination)
    cpu.setRegister(operation.destination, value)
    next(cpu, operation)
}

@inline(__always)
func moveMemoryIf<C: Condition, T: Word>(_ state: UInt, _ operation: UInt, _: C.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    let loaded: T = entry.load(address)
    cpu.setRegister(operation.destination, C.holds(cpu) ? loaded : cpu.register(operation.destination, T.self))
    next(cpu, operation)
}
