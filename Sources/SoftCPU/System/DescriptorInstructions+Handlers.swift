internal import X86

/// #UD where there are no descriptors; the immediate says that any privilege will do.
let requireProtected: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        guard cpu.isProtected, !cpu.isVirtual8086 else { throw .invalidOpcode }
        if operation.immediate == 0 { try cpu.requireSupervisor() }
    }
}

let loadTable: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireSupervisor()
        let (limit, base) = try cpu.tableAddresses(operation, write: false)
        let bytes = Int(operation.record.access)
        let newLimit = UInt16(truncatingIfNeeded: try cpu.read(limit, size: 2))
        var newBase = try cpu.read(base, size: bytes == 8 ? 8 : 4)
        if bytes == 2 { newBase &= 0xFF_FFFF }
        guard cpu.isCanonical(newBase) else { throw .protection() }
        let table = ProcessorState.DescriptorTable(base: newBase, limit: newLimit)
        if operation.destination == 0 { cpu.state.gdt = table } else { cpu.state.idt = table }
    }
}

let storeTable: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        try cpu.checkUserModePrevention()
        let (limit, base) = try cpu.tableAddresses(operation, write: true)
        let table = operation.destination == 0 ? cpu.state.gdt : cpu.state.idt
        let bytes = operation.record.access == 8 ? 8 : 4
        try cpu.probeWrite(base, size: bytes)
        try cpu.write(limit, size: 2, UInt64(table.limit))
        try cpu.write(base, size: bytes, table.base)
    }
}

let loadLocalTable: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let selector: UInt16 = cpu.register(operation.source)
        let code = UInt32(selector & 0xFFFC)
        guard code != 0 else {
            cpu.state.segments[SegmentNumber.ldtr] = CPU.nullSegment(selector)
            return
        }
        guard selector & 4 == 0, let found = try cpu.descriptor(selector, isSystem: true), !found.isOrdinary,
            found.type == 2
        else { throw .protection(code) }
        guard found.isPresent else { throw .notPresent(code) }
        cpu.state.segments[SegmentNumber.ldtr] = found.segment(selector)
    }
}

let loadTask: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let selector: UInt16 = cpu.register(operation.source)
        let code = UInt32(selector & 0xFFFC)
        guard code != 0, selector & 4 == 0, var found = try cpu.descriptor(selector, isSystem: true),
            !found.isOrdinary, found.type == 9 || (found.type == 1 && !cpu.isLongMode)
        else { throw .protection(code) }
        guard found.isPresent else { throw .notPresent(code) }
        found.low |= 2 << 40
        try cpu.write(found.address &+ 5, size: 1, found.low >> 40 & 0xFF, use: CPU.tableUse)
        cpu.state.segments[SegmentNumber.tr] = found.segment(selector)
    }
}

let storeLocalTable: Handler = {
    attempt($0, $1) { cpu, _ throws(Fault) in
        guard cpu.isProtected, !cpu.isVirtual8086 else { throw .invalidOpcode }
        try cpu.checkUserModePrevention()
        cpu.state.temporary = UInt64(cpu.state.segments[SegmentNumber.ldtr].selector)
    }
}

let storeTask: Handler = {
    attempt($0, $1) { cpu, _ throws(Fault) in
        guard cpu.isProtected, !cpu.isVirtual8086 else { throw .invalidOpcode }
        try cpu.checkUserModePrevention()
        cpu.state.temporary = UInt64(cpu.state.segments[SegmentNumber.tr].selector)
    }
}

/// VERR (0) and VERW (1).
let verify: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let selector: UInt16 = cpu.register(operation.source)
        var allowed = false
        if selector & 0xFFFC != 0, let found = try cpu.descriptor(selector), found.isOrdinary {
            let reachable = found.isConforming || found.privilege >= max(cpu.state.privilege, UInt8(selector & 3))
            allowed = reachable && (operation.destination == 0 ? found.isReadable : found.isWritable)
        }
        cpu.setZero(allowed)
    }
}

/// LAR (0) and LSL (1).
let query: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let selector: UInt16 = cpu.register(operation.source)
        let wantsLimit = operation.extra == 1
        guard selector & 0xFFFC != 0, let found = try cpu.descriptor(selector),
            cpu.canQuery(found, selector, wantsLimit: wantsLimit)
        else { return cpu.setZero(false) }
        let rights = found.low >> 32 & 0xFF_FF00
        let value = wantsLimit ? UInt64(found.limit) : rights
        cpu.setIndex(Int(operation.destination) / 8, value, bits: Int(operation.immediate) * 8)
        cpu.setZero(true)
    }
}

let adjustRegister: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let result = cpu.adjusted(cpu.register(operation.destination), cpu.register(operation.source))
    cpu.setRegister(operation.destination, result)
    next(cpu, operation)
}

/// Reading comes before any check for writing: a fault says so.
let adjustMemory: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let mask = UInt64(bitPattern: operation.extra)
        let offset = (cpu.linearAddress(operation) &+ UInt64(bitPattern: operation.immediate)) & mask
        let segment = Int(operation.source)
        let isStack = segment == SegmentNumber.ss
        let address = try cpu.segmentAddress(segment, offset, size: 2, write: false)
        let selector = UInt16(truncatingIfNeeded: try cpu.read(address, size: 2, stack: isStack))
        _ = try cpu.segmentAddress(segment, offset, size: 2, write: true)
        try cpu.probeWrite(address, size: 2, stack: isStack)
        let result = cpu.adjusted(selector, cpu.register(operation.destination))
        try cpu.write(address, size: 2, UInt64(result), stack: isStack)
    }
}

extension CPU {
    /// ARPL: raises the requested privilege level to that of another selector, and says so in ZF.
    fileprivate func adjusted(_ selector: UInt16, _ other: UInt16) -> UInt16 {
        let raises = selector & 3 < other & 3
        setZero(raises)
        return raises ? selector & 0xFFFC | other & 3 : selector
    }

    /// Where the limit and the base of a table register lie in memory.
    fileprivate func tableAddresses(_ operation: Operation, write: Bool) throws(Fault) -> (UInt64, UInt64) {
        let mask = UInt64(bitPattern: operation.extra)
        let start = (linearAddress(operation) &+ UInt64(bitPattern: operation.immediate)) & mask
        let segment = Int(operation.source)
        let bytes = operation.record.access == 8 ? 8 : 4
        return (
            try segmentAddress(segment, start, size: 2, write: write),
            try segmentAddress(segment, (start &+ 2) & mask, size: bytes, write: write)
        )
    }

    /// Whether LAR or LSL answers for a descriptor.
    fileprivate func canQuery(_ found: Descriptor, _ selector: UInt16, wantsLimit: Bool) -> Bool {
        if !found.isOrdinary {
            let known: [UInt8] =
                wantsLimit
                ? (isLongMode ? [2, 9, 11] : [1, 2, 3, 9, 11])
                : (isLongMode ? [2, 9, 11, 12] : [1, 2, 3, 4, 5, 9, 11, 12])
            guard known.contains(found.type) else { return false }
        }
        return found.isConforming || found.privilege >= max(state.privilege, UInt8(selector & 3))
    }
}
