internal import CZydis
internal import X86

/// MOV and POP of segment registers, and LDS, LES, LSS, LFS, LGS.
enum SegmentMoves: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        for (number, mnemonic) in [
            (SegmentNumber.ds, ZYDIS_MNEMONIC_LDS), (SegmentNumber.es, ZYDIS_MNEMONIC_LES),
            (SegmentNumber.ss, ZYDIS_MNEMONIC_LSS), (SegmentNumber.fs, ZYDIS_MNEMONIC_LFS),
            (SegmentNumber.gs, ZYDIS_MNEMONIC_LGS),
        ] {
            table[mnemonic] = { emitFarPointer(&$0, number) }
        }
    }

    static func emit(_ builder: inout BlockBuilder) {
        if builder.kind(0) == .segment {
            let number = builder.segmentNumber(0)
            guard number != SegmentNumber.cs else {
                builder.emit(invalidOpcodeHandler)
                builder.finish()
                return
            }
            var source = RegisterOffset.temporary
            if builder.isMemory(1) {
                builder.emit(
                    Moves.registerMemory[1],
                    memory: 1,
                    bytes: 2,
                    access: Access.read,
                    destination: source
                )
            } else {
                source = builder.registerOffset(1)
            }
            builder.emit(loadSegmentHandler, destination: UInt8(number), source: source)
            builder.finish()
            return
        }
        let number = builder.segmentNumber(1)
        if builder.isMemory(0) {
            builder.emit(readSelector, destination: RegisterOffset.temporary, source: UInt8(number), immediate: 8)
            builder.emit(
                Moves.memoryRegister[1],
                memory: 0,
                bytes: 2,
                access: Access.write,
                source: RegisterOffset.temporary
            )
        } else {
            builder.emit(
                readSelector,
                destination: builder.registerOffset(0),
                source: UInt8(number),
                immediate: Int64(builder.bytes(0))
            )
        }
    }

    static func emitPop(_ builder: inout BlockBuilder) {
        builder.emit(popSegment, destination: UInt8(builder.segmentNumber(0)), source: UInt8(builder.stackBytes))
        builder.finish()
    }

    private static func emitFarPointer(_ builder: inout BlockBuilder, _ number: Int) {
        let bytes = builder.bytes(0)
        var record = builder.offsetOnly(of: 1)
        record.handler = loadFarPointer
        record.destination = builder.registerOffset(0)
        record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(1).mem.segment))
        record.access = UInt8(number)
        record.accessSize = UInt8(bytes)
        builder.write(record)
        builder.finish()
    }
}

private let loadSegmentHandler: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let number = Int(operation.destination)
        try cpu.loadSegment(number, cpu.register(operation.source, UInt16.self))
        if number == SegmentNumber.ss { cpu.state.shadow = 1 }
    }
}

private let readSelector: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let selector = cpu.state.segments[Int(operation.source)].selector
    switch operation.immediate {
    case 2: cpu.setRegister(operation.destination, selector)
    case 4: cpu.setRegister(operation.destination, UInt32(selector))
    default: cpu.setRegister(operation.destination, UInt64(selector))
    }
    next(cpu, operation)
}

private let popSegment: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let number = Int(operation.destination)
        try cpu.keepingStack { () throws(Fault) in
            // A slot may be wider than a selector; only two bytes of it are read.
            let selector = try cpu.peek(0, 2)
            let pointer = cpu.stackPointer &+ UInt64(operation.source)
            // The old stack's size decides how much of the pointer moves.
            cpu.stackPointer = pointer
            try cpu.loadSegment(number, UInt16(selector))
        }
        if number == SegmentNumber.ss { cpu.state.shadow = 1 }
    }
}

private let loadFarPointer: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let (selector, offset) = try cpu.readFarPointer(operation, bytes: Int(operation.record.accessSize))
        let number = Int(operation.record.access)
        try cpu.loadSegment(number, selector)
        cpu.setIndex(Int(operation.destination) / 8, offset, bits: Int(operation.record.accessSize) * 8)
    }
}

extension CPU {
    /// Reads an offset and the selector behind it from where an operation of ``BlockBuilder/offsetOnly(of:)`` says.
    func readFarPointer(_ operation: Operation, bytes: Int) throws(Fault) -> (UInt16, UInt64) {
        let mask = UInt64(bitPattern: operation.extra)
        let start = (linearAddress(operation) &+ UInt64(bitPattern: operation.immediate)) & mask
        let segment = Int(operation.source)
        let first = try segmentAddress(segment, start, size: bytes, write: false)
        let second = try segmentAddress(segment, (start &+ UInt64(bytes)) & mask, size: 2, write: false)
        let isStack = segment == SegmentNumber.ss
        let offset = try read(first, size: bytes, stack: isStack)
        return (UInt16(try read(second, size: 2, stack: isStack)), offset)
    }
}
