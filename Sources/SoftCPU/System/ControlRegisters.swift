internal import CZydis
internal import X86

/// MOV of control and debug registers, LMSW, SMSW, CLTS, INVLPG, XGETBV, XSETBV.
enum ControlRegisters: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_CLTS] = { leaving(&$0, clearTaskSwitched) }
        table[ZYDIS_MNEMONIC_LMSW] = {
            // The right is asked for before memory is read.
            $0.emit(requireSupervisor)
            let source = $0.loadOperand(0)
            leaving(&$0, loadMachineStatus, source: source)
        }
        table[ZYDIS_MNEMONIC_SMSW] = { builder in
            let bytes = builder.isMemory(0) ? 2 : builder.bytes(0)
            builder.emitStore(0, bytes: bytes, storeMachineStatus)
        }
        table[ZYDIS_MNEMONIC_INVLPG] = { builder in
            var record = builder.offsetOnly(of: 0)
            record.handler = invalidatePage
            record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(0).mem.segment))
            builder.write(record)
            builder.finish()
        }
        table[ZYDIS_MNEMONIC_XGETBV] = { $0.emit(readExtendedControl) }
        table[ZYDIS_MNEMONIC_XSETBV] = { leaving(&$0, writeExtendedControl) }
    }

    private static func leaving(_ builder: inout BlockBuilder, _ handler: Handler, source: UInt8 = 0) {
        builder.emit(handler, source: source)
        builder.finish()
    }

    static func emitMove(_ builder: inout BlockBuilder) {
        let isWrite = builder.kind(0) != .general
        let special = isWrite ? 0 : 1
        let isDebug = builder.kind(special) == .debug
        let number = builder.registerNumber(special)
        let general = builder.registerOffset(1 - special)
        let handler =
            isWrite ? (isDebug ? writeDebug : writeControl) : (isDebug ? readDebug : readControl)
        builder.emit(handler, destination: UInt8(number), source: general)
        builder.finish()
    }
}

extension BlockBuilder {
    /// Writes what a handler leaves in ``ProcessorRegisters/temporary`` to a register or to memory.
    mutating func emitStore(_ index: Int, bytes: Int, _ handler: Handler) {
        emit(handler)
        let size = bytes.trailingZeroBitCount
        if isMemory(index) {
            emit(
                Moves.memoryRegister[size],
                memory: index,
                bytes: bytes,
                access: Access.write,
                source: RegisterOffset.temporary
            )
        } else {
            emit(Moves.registerRegister[size], destination: registerOffset(index), source: RegisterOffset.temporary)
        }
    }
}

private let clearTaskSwitched: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        try cpu.requireSupervisor()
        cpu.state.cr0 &= ~CR0.taskSwitched
        cpu.updateMode()
    }
}

private let requireSupervisor: Handler = { attempt($0, $1) { cpu, _ throws(Fault) in try cpu.requireSupervisor() } }

private let loadMachineStatus: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let value = UInt64(cpu.register(operation.source, UInt16.self))
        try cpu.setCR0(cpu.state.cr0 & ~14 | value & 15 | cpu.state.cr0 & 1)
    }
}

private let storeMachineStatus: Handler = {
    attempt($0, $1) { cpu, _ throws(Fault) in
        try cpu.checkUserModePrevention()
        cpu.state.temporary = cpu.state.cr0
    }
}

private let invalidatePage: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireSupervisor()
        let offset =
            (cpu.linearAddress(operation) &+ UInt64(bitPattern: operation.immediate))
            & UInt64(bitPattern: operation.extra)
        let segment = Int(operation.source)
        let isBased = !cpu.state.mode.contains(.long) || segment >= SegmentNumber.fs
        let base = isBased ? cpu.state.segments[segment].base : 0
        cpu.flushTranslation(of: (base &+ offset) & cpu.linearMask)
    }
}

private let readExtendedControl: Handler = {
    attempt($0, $1) { cpu, _ throws(Fault) in
        guard cpu.state.cr4 & CR4.xsave != 0 else { throw .invalidOpcode }
        let value: UInt64
        switch cpu.register(RegisterOffset.general(1), UInt32.self) {
        case 0: value = cpu.state.xcr0
        // What XSAVEOPT would save.
        case 1 where cpu.showsXSAVE(bit: 2): value = cpu.state.vector.used.rawValue & cpu.state.xcr0
        default: throw .protection()
        }
        cpu.setRegister(RegisterOffset.general(0), UInt32(truncatingIfNeeded: value))
        cpu.setRegister(RegisterOffset.general(2), UInt32(truncatingIfNeeded: value >> 32))
    }
}

private let writeExtendedControl: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        guard cpu.state.cr4 & CR4.xsave != 0 else { throw .invalidOpcode }
        try cpu.requireSupervisor()
        let value = cpu.registerPair
        guard cpu.register(RegisterOffset.general(1), UInt32.self) == 0, value & 1 != 0, value & ~3 == 0 else {
            throw .protection()
        }
        cpu.state.xcr0 = value
    }
}

private let readControl: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireSupervisor()
        let value: UInt64
        switch operation.destination {
        case 0: value = cpu.state.cr0
        case 2: value = cpu.state.cr2
        case 3: value = cpu.state.cr3
        case 4: value = cpu.state.cr4
        case 8: value = cpu.state.cr8
        default: throw .invalidOpcode
        }
        cpu.setWide(operation.source, value)
    }
}

private let writeControl: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireSupervisor()
        let value = cpu.wide(operation.source)
        switch operation.destination {
        case 0: try cpu.setCR0(value)
        case 2: cpu.state.cr2 = value
        case 3: try cpu.setCR3(value)
        case 4: try cpu.setCR4(value)
        case 8:
            guard value & ~15 == 0 else { throw .protection() }
            cpu.state.cr8 = value
        default: throw .invalidOpcode
        }
    }
}

private let readDebug: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let number = try cpu.debugNumber(operation)
        cpu.setWide(operation.source, cpu.state.debug[number])
    }
}

private let writeDebug: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let number = try cpu.debugNumber(operation)
        let value = cpu.wide(operation.source)
        switch number {
        case 6:
            guard value >> 32 == 0 else { throw .protection() }
            cpu.state.debug[6] = value & DR6.writable | DR6.fixed
        case 7:
            guard value >> 32 == 0 else { throw .protection() }
            cpu.state.debug[7] = value & DR7.writable | DR7.fixed
        default: cpu.state.debug[number] = value
        }
        cpu.updateBreakpoints()
    }
}

extension CPU {
    /// A general register in full: 32 bits of it outside 64-bit code.
    fileprivate func wide(_ offset: UInt8) -> UInt64 {
        state.mode.contains(.long) ? register(offset, UInt64.self) : UInt64(register(offset, UInt32.self))
    }

    fileprivate func setWide(_ offset: UInt8, _ value: UInt64) {
        if state.mode.contains(.long) {
            setRegister(offset, value)
        } else {
            setRegister(offset, UInt32(truncatingIfNeeded: value))
        }
    }

    /// Which debug register is meant, if it may be accessed.
    fileprivate func debugNumber(_ operation: Operation) throws(Fault) -> Int {
        var number = Int(operation.destination)
        if number == 4 || number == 5 {
            guard state.cr4 & CR4.debuggingExtensions == 0 else { throw .invalidOpcode }
            number += 2
        }
        guard number < 8 else { throw .invalidOpcode }
        try requireSupervisor()
        if state.debug[7] & DR7.generalDetect != 0 { throw .debug(DR6.accessDetected) }
        return number
    }

    /// Throws #GP(0) outside privilege level 0.
    func requireSupervisor() throws(Fault) {
        guard state.privilege == 0 else { throw .protection() }
    }

    /// Throws where UMIP keeps the instruction from privilege level 3.
    func checkUserModePrevention() throws(Fault) {
        if state.cr4 & CR4.userModePrevention != 0, state.privilege == 3 { throw .protection() }
    }

    /// EDX:EAX.
    var registerPair: UInt64 { state.general[2] << 32 | state.general[0] & 0xFFFF_FFFF }
}
