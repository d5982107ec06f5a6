internal import CZydis

/// What exchanges lanes or masks of XMM and MMX registers with general registers, flags and memory: PEXTRW, PINSRW,
/// PMOVMSKB, PTEST, MASKMOVDQU, EMMS and their kin.
enum VectorLanes: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_PEXTRB] = { emitExtraction(&$0, bytes: 1) }
        table[ZYDIS_MNEMONIC_PEXTRW] = { emitExtraction(&$0, bytes: 2) }
        table[ZYDIS_MNEMONIC_PEXTRD] = { emitExtraction(&$0, bytes: 4) }
        table[ZYDIS_MNEMONIC_PEXTRQ] = { emitExtraction(&$0, bytes: 8) }
        table[ZYDIS_MNEMONIC_EXTRACTPS] = { emitExtraction(&$0, bytes: 4) }
        table[ZYDIS_MNEMONIC_PINSRB] = { emitInsertion(&$0, bytes: 1) }
        table[ZYDIS_MNEMONIC_PINSRW] = { emitInsertion(&$0, bytes: 2) }
        table[ZYDIS_MNEMONIC_PINSRD] = { emitInsertion(&$0, bytes: 4) }
        table[ZYDIS_MNEMONIC_PINSRQ] = { emitInsertion(&$0, bytes: 8) }
        table[ZYDIS_MNEMONIC_PMOVMSKB] = { emitMask(&$0, $0.isMMX(1) ? gatherHalf : gatherBytes) }
        table[ZYDIS_MNEMONIC_MOVMSKPS] = { emitMask(&$0, gatherSingles) }
        table[ZYDIS_MNEMONIC_MOVMSKPD] = { emitMask(&$0, gatherDoubles) }
        table.enter(ZYDIS_MNEMONIC_PTEST, testVectors, testVectorLoaded)
        table[ZYDIS_MNEMONIC_MASKMOVDQU] = { emitMaskedStore(&$0, storeMaskedVector) }
        table[ZYDIS_MNEMONIC_MASKMOVQ] = { emitMaskedStore(&$0, storeMaskedHalf) }
        table[ZYDIS_MNEMONIC_EMMS] = { builder in
            builder.requireMMX()
            builder.emit(leaveMMX)
        }
    }

    /// A lane to a general register, which it clears the rest of, or to memory.
    private static func emitExtraction(_ builder: inout BlockBuilder, bytes: Int) {
        builder.requireVectors()
        let isMemory = builder.isMemory(0)
        let size = bytes.trailingZeroBitCount
        builder.emit(
            builder.isMMX(1) ? extractHalfLane : extractLane[size],
            destination: isMemory ? RegisterOffset.temporary : builder.registerOffset(0),
            source: builder.vectorNumber(1),
            immediate: builder.control(2)
        )
        guard isMemory else { return }
        builder.emit(
            Moves.memoryRegister[size],
            memory: 0,
            bytes: bytes,
            access: Access.write,
            source: RegisterOffset.temporary
        )
    }

    private static func emitInsertion(_ builder: inout BlockBuilder, bytes: Int) {
        builder.requireVectors()
        let isHalf = builder.isMMX(0)
        // The operand is loaded by an operation of its own.
        if isHalf { builder.emit(checkPending) }
        let source = builder.loadOperand(1)
        builder.emit(
            isHalf ? insertHalfLane : insertLane[bytes.trailingZeroBitCount],
            destination: builder.vectorNumber(0),
            source: source,
            immediate: builder.control(2)
        )
    }

    private static func emitMask(_ builder: inout BlockBuilder, _ handler: Handler) {
        builder.requireVectors()
        builder.emit(handler, destination: builder.registerOffset(0), source: builder.vectorNumber(1))
    }

    private static func emitMaskedStore(_ builder: inout BlockBuilder, _ handler: Handler) {
        builder.requireVectors()
        builder.emit(
            handler,
            destination: UInt8(builder.segmentOverride ?? SegmentNumber.ds),
            source: builder.vectorNumber(builder.isMemory(0) ? 1 : 0),
            immediate: Int64(builder.vectorNumber(builder.isMemory(0) ? 2 : 1)),
            extra: Int64(bitPattern: builder.addressMask)
        )
    }
}

extension VectorLanes {
    static let extractLane: [Handler] = [
        { extract($0, $1, UInt8.self) }, { extract($0, $1, UInt16.self) }, { extract($0, $1, UInt32.self) },
        { extract($0, $1, UInt64.self) },
    ]
    static let insertLane: [Handler] = [
        { insert($0, $1, UInt8.self) }, { insert($0, $1, UInt16.self) }, { insert($0, $1, UInt32.self) },
        { insert($0, $1, UInt64.self) },
    ]
}

@inline(__always)
private func extract<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let vector = cpu.xmm(operation.source)
    let shift = UInt64(bitPattern: operation.immediate) &* UInt64(T.bitWidth) & 127
    let half = shift >= 64 ? vector.high : vector.low
    cpu.setRegister(operation.destination, UInt64(truncatingIfNeeded: T(truncatingIfNeeded: half &>> (shift & 63))))
    next(cpu, operation)
}

@inline(__always)
private func insert<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    var vector = cpu.xmm(operation.destination)
    let value = UInt64(truncatingIfNeeded: cpu.register(operation.source, T.self))
    let shift = UInt64(bitPattern: operation.immediate) &* UInt64(T.bitWidth) & 127
    let hole = ~(UInt64(truncatingIfNeeded: T.max) &<< (shift & 63))
    if shift >= 64 {
        vector.high = vector.high & hole | value &<< (shift & 63)
    } else {
        vector.low = vector.low & hole | value &<< shift
    }
    cpu.setXMM(operation.destination, vector)
    next(cpu, operation)
}

/// PEXTRW of an MMX register.
private let extractHalfLane: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    let shift = UInt64(bitPattern: operation.immediate & 3) * 16
    cpu.setRegister(operation.destination, cpu.mmx(operation.source) &>> shift & 0xFFFF)
    cpu.enterMMX()
    next(cpu, operation)
}

/// PINSRW into an MMX register.
private let insertHalfLane: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let shift = UInt64(bitPattern: operation.immediate & 3) * 16
    let value = UInt64(cpu.register(operation.source, UInt16.self))
    cpu.setMMX(operation.destination, cpu.mmx(operation.destination) & ~(0xFFFF &<< shift) | value &<< shift)
    cpu.enterMMX()
    next(cpu, operation)
}

private let gatherBytes: Handler = { gather($0, $1, Packed.pmovmskb) }
private let gatherSingles: Handler = { gather($0, $1, Packed.movmskps) }
private let gatherDoubles: Handler = { gather($0, $1, Packed.movmskpd) }

@inline(__always)
private func gather(_ state: UInt, _ operation: UInt, _ mask: (Vector128) -> UInt64) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setRegister(operation.destination, mask(cpu.xmm(operation.source)))
    next(cpu, operation)
}

/// PMOVMSKB of an MMX register.
private let gatherHalf: Handler = {
    changeHalves($0, $1) { cpu, operation in
        cpu.setRegister(operation.destination, Packed.pmovmskb(Vector128(low: cpu.mmx(operation.source))))
    }
}

private let testVectors: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setTestFlags(cpu.xmm(operation.destination), cpu.xmm(operation.source))
    next(cpu, operation)
}

private let testVectorLoaded: Handler = {
    loadingAligned($0, $1) { cpu, operation, right in
        cpu.setTestFlags(cpu.xmm(operation.destination), right)
        next(cpu, operation)
    }
}

private let leaveMMX: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    cpu.enterMMX()
    cpu.state.vector.tags = 0
    next(cpu, operation)
}

private let storeMaskedVector: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let mask = cpu.xmm(UInt8(truncatingIfNeeded: operation.immediate))
        try cpu.storeMasked(operation, cpu.xmm(operation.source), mask, count: 16)
    }
}

private let storeMaskedHalf: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.waitForX87()
        let mask = Vector128(low: cpu.mmx(UInt8(truncatingIfNeeded: operation.immediate)))
        try cpu.storeMasked(operation, Vector128(low: cpu.mmx(operation.source)), mask, count: 8)
        cpu.enterMMX()
    }
}

extension CPU {
    /// ZF and CF as PTEST sets them; the others are clear.
    @inline(__always)
    fileprivate func setTestFlags(_ left: Vector128, _ right: Vector128) {
        let (zero, carry) = Packed.ptest(left, right)
        setArithmeticFlags((zero ? Flag.zero : 0) | (carry ? Flag.carry : 0))
    }

    /// Stores the bytes at (R)DI whose mask has its highest bit set.
    fileprivate func storeMasked(
        _ operation: Operation,
        _ value: Vector128,
        _ mask: Vector128,
        count: Int
    ) throws(Fault) {
        let offset = state.general[7] & UInt64(bitPattern: operation.extra)
        let segment = Int(operation.destination)
        let isStack = segment == SegmentNumber.ss
        let address = try segmentAddress(segment, offset, size: count, write: true)
        let chosen = Packed.pmovmskb(mask)
        // All bytes must be there, whatever the mask; the upper half is looked at first. The manual leaves both open.
        for place in stride(from: count - 8, through: 0, by: -8) {
            try probeWrite(address &+ UInt64(place), size: 8, stack: isStack)
        }
        for index in 0..<count where chosen >> UInt64(index) & 1 != 0 {
            try write(address &+ UInt64(index), size: 1, UInt64(value.bytes[index]), stack: isStack)
        }
    }
}
