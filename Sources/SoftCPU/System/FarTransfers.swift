internal import CZydis
internal import X86

/// Far JMP, CALL and RET, IRET, and interrupts by instruction.
enum FarTransfers: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        for (bytes, mnemonic) in [(2, ZYDIS_MNEMONIC_IRET), (4, ZYDIS_MNEMONIC_IRETD), (8, ZYDIS_MNEMONIC_IRETQ)] {
            table[mnemonic] = { leave(&$0, interruptReturn, destination: UInt8(bytes)) }
        }
        table[ZYDIS_MNEMONIC_INT] = { leave(&$0, softwareInterrupt, immediate: $0.immediate(0) & 0xFF) }
        table[ZYDIS_MNEMONIC_INT3] = { leave(&$0, softwareInterrupt, immediate: 3, extra: 1) }
        table[ZYDIS_MNEMONIC_INT1] = { leave(&$0, debugInterrupt) }
        table[ZYDIS_MNEMONIC_INTO] = { leave(&$0, overflowInterrupt) }
    }

    private static func leave(
        _ builder: inout BlockBuilder,
        _ handler: Handler,
        destination: UInt8 = 0,
        immediate: Int64 = 0,
        extra: Int64 = 0
    ) {
        builder.emit(handler, destination: destination, immediate: immediate, extra: extra)
        builder.finish()
    }

    static func emitJump(_ builder: inout BlockBuilder) { emitDirectOrLoaded(&builder, farJumpDirect, farJumpLoaded) }
    static func emitCall(_ builder: inout BlockBuilder) { emitDirectOrLoaded(&builder, farCallDirect, farCallLoaded) }

    static func emitReturn(_ builder: inout BlockBuilder) {
        let extra = builder.isImmediate(0) ? builder.immediate(0) & 0xFFFF : 0
        builder.emit(farReturn, destination: UInt8(builder.operandBytes), immediate: extra)
        builder.finish()
    }

    private static func emitDirectOrLoaded(_ builder: inout BlockBuilder, _ direct: Handler, _ loaded: Handler) {
        builder.finish()
        if builder.isMemory(0) {
            var record = builder.offsetOnly(of: 0)
            record.handler = loaded
            record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(0).mem.segment))
            record.accessSize = UInt8(builder.operandBytes)
            builder.write(record)
        } else {
            let pointer = builder.operand(0).ptr
            builder.emit(
                direct,
                destination: UInt8(builder.operandBytes),
                immediate: Int64(pointer.offset),
                extra: Int64(pointer.segment)
            )
        }
    }
}

private let farJumpDirect: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        try cpu.farJump(UInt16(truncatingIfNeeded: operation.extra), UInt64(bitPattern: operation.immediate))
    }
}

private let farJumpLoaded: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let (selector, offset) = try cpu.readFarPointer(operation, bytes: Int(operation.record.accessSize))
        try cpu.farJump(selector, offset)
    }
}

private let farCallDirect: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let origin = cpu.origin(operation)
        try cpu.farCall(
            UInt16(truncatingIfNeeded: operation.extra),
            UInt64(bitPattern: operation.immediate),
            bytes: Int(operation.destination)
        )
        cpu.noteCall(.call, origin)
    }
}

private let farCallLoaded: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.record.accessSize)
        let origin = cpu.origin(operation)
        let (selector, offset) = try cpu.readFarPointer(operation, bytes: bytes)
        try cpu.farCall(selector, offset, bytes: bytes)
        cpu.noteCall(.call, origin)
    }
}

private let farReturn: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let origin = cpu.origin(operation)
        try cpu.farReturn(bytes: Int(operation.destination), extra: UInt64(bitPattern: operation.immediate))
        cpu.noteReturn(.return, origin)
    }
}

private let interruptReturn: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let origin = cpu.origin(operation)
        try cpu.returnFromInterrupt(bytes: Int(operation.destination))
        cpu.state.nmiMasked = false
        cpu.noteReturn(.interruptReturn, origin)
    }
}

/// INT n and INT3; the latter is not compared with IOPL in virtual-8086 mode.
private let softwareInterrupt: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let vector = UInt8(truncatingIfNeeded: operation.immediate)
        let origin = cpu.origin(operation)
        if operation.extra == 0, cpu.isVirtual8086, try cpu.interruptsProgram(vector) {
            try cpu.deliverInProgram(vector)
            cpu.noteInterruption(
                vector,
                .software,
                from: origin.behind,
                level: origin.level,
                errorCode: nil
            )
        } else {
            try cpu.deliver(vector, .software, errorCode: nil)
        }
        cpu.setSourceOfInterrupt(origin.place)
        cpu.endStepping()
    }
}

private let debugInterrupt: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        try cpu.deliver(1, .exception, errorCode: nil)
        cpu.endStepping()
    }
}

private let overflowInterrupt: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        guard cpu.overflow else { return }
        let origin = cpu.origin(operation)
        try cpu.deliver(4, .software, errorCode: nil)
        cpu.setSourceOfInterrupt(origin.place)
        cpu.endStepping()
    }
}

extension CPU {
    /// Behind an interrupt by instruction: TF has been cleared for its handler, and its own trap with it.
    fileprivate func endStepping() {
        state.watching.trapsBehind = false
        updateMode()
    }
}
