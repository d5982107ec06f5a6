internal import CZydis
internal import X86

extension BlockBuilder {
    /// What addresses an operand, after an operation that forms the address where the segment or the size of addresses needs
    /// one.
    mutating func address(of index: Int, bytes: Int, access: UInt8) -> OperationRecord {
        let memory = operand(index).mem
        let width = unsafe Int(instruction.address_width)
        let segment = RegisterOffset.segmentNumber(memory.segment)
        var record = OperationRecord(handler: formAddress)
        record.access = access | (segment == SegmentNumber.ss ? Access.stack : 0)
        record.accessSize = UInt8(bytes)
        record.index = RegisterOffset.of(memory.index, orZero: ())
        record.scale = UInt8(max(0, memory.scale == 0 ? 0 : memory.scale.trailingZeroBitCount))
        var displacement = memory.disp.has_displacement != 0 ? memory.disp.value : 0
        if memory.base == ZYDIS_REGISTER_RIP || memory.base == ZYDIS_REGISTER_EIP {
            record.base = RegisterOffset.blockIP
            displacement += unsafe Int64(offset) + Int64(instruction.length)
        } else {
            record.base = RegisterOffset.of(memory.base, orZero: ())
        }
        let fits = Int64(Int32(truncatingIfNeeded: displacement)) == displacement
        // Outside 64-bit code no code segment can be written, however flat it is.
        let isRefused = segment == SegmentNumber.cs && access & Access.write != 0 && !mode.contains(.long)
        if isDirect(segment, width: width), !isRefused, fits, mode.contains(.long) || displacement >= -0x10000 {
            record.displacement = Int32(truncatingIfNeeded: displacement)
            return record
        }
        record.immediate = displacement
        record.destination = UInt8(segment)
        record.extra = width == 64 ? -1 : width == 32 ? 0xFFFF_FFFF : 0xFFFF
        record.handler = mode.contains(.long) ? formLongAddress : formAddress
        write(record)
        return OperationRecord(
            handler: formAddress,
            base: RegisterOffset.linear,
            index: RegisterOffset.zero,
            accessSize: record.accessSize,
            access: record.access
        )
    }

    /// Whether offsets in a segment are linear addresses.
    private func isDirect(_ segment: Int, width: Int) -> Bool {
        let isBased = segment == SegmentNumber.fs || segment == SegmentNumber.gs
        if mode.contains(.long) { return width == 64 && !isBased }
        return mode.contains(.flat) && width == 32 && !isBased
    }
}

/// Forms the address that the next operation uses, in 64-bit code: of 32 bits, with a displacement of 64, or in FS or GS.
private let formLongAddress: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let offset =
        (cpu.linearAddress(operation) &+ UInt64(bitPattern: operation.immediate))
        & UInt64(bitPattern: operation.extra)
    let segment = Int(operation.destination)
    let isBased = segment == SegmentNumber.fs || segment == SegmentNumber.gs
    cpu.state.linear = isBased ? offset &+ cpu.state.segments[segment].base : offset
    next(cpu, operation)
}

/// Forms the address that the next operation uses, in a segment with limits.
private let formAddress: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let record = operation.record
    let offset =
        (cpu.linearAddress(operation) &+ UInt64(bitPattern: operation.immediate))
        & UInt64(bitPattern: operation.extra)
    do throws(Fault) {
        cpu.state.linear = try cpu.segmentAddress(
            Int(operation.destination),
            offset,
            size: Int(record.accessSize),
            write: record.access & Access.write != 0
        )
    } catch {
        return raise(cpu, operation, error)
    }
    next(cpu, operation)
}

extension CPU {
    /// Linear address of an offset in a segment, compared with its limit and type (Intel SDM vol. 3, 5.3 to 5.5).
    func segmentAddress(_ number: Int, _ offset: UInt64, size: Int, write: Bool) throws(Fault) -> UInt64 {
        let segment = state.segments[number]
        if state.mode.contains(.long) {
            return number >= SegmentNumber.fs ? segment.base &+ offset : offset
        }
        let fault: Fault = number == SegmentNumber.ss ? .stack() : .protection()
        let last = offset &+ UInt64(max(size, 1) - 1)
        if !state.mode.contains(.realStyle) {
            if segment.isUnusable { throw .protection() }
            if write ? !segment.isWritable : !segment.isReadable { throw .protection() }
            if segment.expandsDown {
                let top: UInt64 = segment.isBig ? 0xFFFF_FFFF : 0xFFFF
                guard offset > UInt64(segment.limit), last <= top else { throw fault }
                return (segment.base &+ offset) & 0xFFFF_FFFF
            }
        }
        guard last <= UInt64(segment.limit) else { throw fault }
        return (segment.base &+ offset) & 0xFFFF_FFFF
    }
}
