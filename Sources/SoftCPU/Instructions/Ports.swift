internal import CZydis
internal import X86

/// IN and OUT.
enum Ports: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_IN] = { builder in
            let (port, inRegister) = portOperand(builder, 1)
            builder.emit(readPort, source: UInt8(builder.bytes(0)), immediate: port, extra: inRegister)
        }
        table[ZYDIS_MNEMONIC_OUT] = { builder in
            let (port, inRegister) = portOperand(builder, 0)
            builder.emit(writePort, source: UInt8(builder.bytes(1)), immediate: port, extra: inRegister)
        }
    }

    /// The number of a port, or that it is in DX.
    private static func portOperand(_ builder: BlockBuilder, _ index: Int) -> (Int64, Int64) {
        builder.isImmediate(index) ? (builder.immediate(index) & 0xFF, 0) : (0, 1)
    }
}

private let readPort: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.source)
        let port = cpu.port(operation)
        try cpu.checkPort(port, size: bytes)
        let value = try cpu.ask(PendingExit(kind: .portRead, size: UInt8(bytes), address: UInt64(port)))
        switch bytes {
        case 1: cpu.setRegister(0, UInt8(truncatingIfNeeded: value))
        case 2: cpu.setRegister(0, UInt16(truncatingIfNeeded: value))
        default: cpu.setRegister(0, UInt32(truncatingIfNeeded: value))
        }
    }
}

private let writePort: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.source)
        let port = cpu.port(operation)
        try cpu.checkPort(port, size: bytes)
        let value = cpu.state.general[0] & (1 << UInt64(bytes * 8) - 1)
        _ = try cpu.ask(
            PendingExit(kind: .portWrite, size: UInt8(bytes), address: UInt64(port), value: value)
        )
    }
}

extension CPU {
    fileprivate func port(_ operation: Operation) -> UInt16 {
        UInt16(truncatingIfNeeded: operation.extra != 0 ? Int64(bitPattern: state.general[2]) : operation.immediate)
    }

    /// Whether the privilege or the task's bit map lets a port be used (Intel SDM vol. 1, 19.5).
    func checkPort(_ port: UInt16, size: Int) throws(Fault) {
        if isProtected, isVirtual8086 || UInt64(state.privilege) > inputOutputPrivilege {
            try checkBitMap(port, size: size)
        }
        if state.watching.hasDataBreakpoints, state.cr4 & CR4.debuggingExtensions != 0 {
            try noteBreakpoints(UInt64(port), size: size, on: DR7.onPort)
        }
    }

    private func checkBitMap(_ port: UInt16, size: Int) throws(Fault) {
        let task = state.segments[SegmentNumber.tr]
        guard task.isPresent, task.type & 8 != 0, task.limit >= 103 else { throw .protection() }
        let map = try read(task.base &+ 102, size: 2, use: Self.tableUse)
        let offset = map + UInt64(port >> 3)
        guard offset + 1 <= UInt64(task.limit) else { throw .protection() }
        let bits = try read(task.base &+ offset, size: 2, use: Self.tableUse)
        let wanted = (UInt64(1) << UInt64(size) - 1) << UInt64(port & 7)
        guard bits & wanted == 0 else { throw .protection() }
    }
}
