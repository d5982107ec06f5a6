internal import CZydis
internal import X86

/// MONITOR, MWAIT and INVPCID: where CPUID shows them.
enum Monitoring: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_MONITOR] = { builder in
            var record = builder.offsetOnly(of: 0)
            record.handler = monitor
            record.source = UInt8(builder.segmentOverride ?? SegmentNumber.ds)
            record.base = RegisterOffset.general(0)
            record.index = RegisterOffset.zero
            record.immediate = 0
            record.extra = Int64(bitPattern: builder.addressMask)
            builder.write(record)
        }
        table[ZYDIS_MNEMONIC_MWAIT] = { $0.emit(wait) }
        table[ZYDIS_MNEMONIC_INVPCID] = { builder in
            var record = builder.offsetOnly(of: 1)
            record.handler = invalidateContext
            record.destination = builder.registerOffset(0)
            record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(1).mem.segment))
            builder.write(record)
            builder.finish()
        }
    }
}

private let monitor: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireMonitor()
        guard cpu.register(RegisterOffset.general(1), UInt32.self) == 0 else { throw .protection() }
        let offset = cpu.linearAddress(operation) & UInt64(bitPattern: operation.extra)
        let segment = Int(operation.source)
        let address = try cpu.segmentAddress(segment, offset, size: 1, write: false)
        _ = try cpu.read(address, size: 1, stack: segment == SegmentNumber.ss)
    }
}

/// Goes on at once, as it may for any reason: waiting would be the business of whoever runs the processor.
private let wait: Handler = {
    attempt($0, $1) { cpu, _ throws(Fault) in
        try cpu.requireMonitor()
        guard cpu.register(RegisterOffset.general(1), UInt32.self) == 0 else { throw .protection() }
    }
}

private let invalidateContext: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        guard cpu.shows(leaf: 7, \.ebx, bit: 10), cpu.isProtected || cpu.state.privilege == 0 else {
            throw .invalidOpcode
        }
        try cpu.requireSupervisor()
        let mask = UInt64(bitPattern: operation.extra)
        let start = (cpu.linearAddress(operation) &+ UInt64(bitPattern: operation.immediate)) & mask
        let segment = Int(operation.source)
        let isStack = segment == SegmentNumber.ss
        let address = try cpu.segmentAddress(segment, start, size: 16, write: false)
        let context = try cpu.read(address, size: 8, stack: isStack)
        let linear = try cpu.read(address &+ 8, size: 8, stack: isStack)
        let kind =
            cpu.state.mode.contains(.long)
            ? cpu.register(operation.destination, UInt64.self)
            : UInt64(cpu.register(operation.destination, UInt32.self))
        guard kind <= 3, context >> 12 == 0 else { throw .protection() }
        if kind == 0, !cpu.isCanonical(linear) { throw .protection() }
        if kind < 2, context != 0, cpu.state.cr4 & CR4.contextIdentifiers == 0 { throw .protection() }
        // More than what is asked for may always be forgotten.
        cpu.flushTranslations()
    }
}

extension CPU {
    /// Throws where MONITOR and MWAIT do not exist, or not at this privilege.
    fileprivate func requireMonitor() throws(Fault) {
        guard shows(leaf: 1, \.ecx, bit: 3), state.privilege == 0 else { throw .invalidOpcode }
    }

    /// Whether CPUID shows a feature.
    func shows(leaf: UInt32, _ register: KeyPath<CPUIDEntry, UInt32>, bit: Int) -> Bool {
        around.configuration.cpuid.contains { entry in
            entry.function == leaf && (!entry.isIndexed || entry.index == 0) && entry[keyPath: register] >> bit & 1 != 0
        }
    }
}
