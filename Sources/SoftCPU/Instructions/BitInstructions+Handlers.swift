/// BT and its kin on a register: the kind, the size and whether the bit's number is in a register are packed in the extra.
let testBit: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let packed = operation.extra
    let bytes = Int(packed >> 8 & 0xFF)
    let given = packed >> 16 & 1 != 0 ? cpu.register(operation.source, UInt64.self) : UInt64(operation.immediate)
    let bit = given & UInt64(bytes * 8 - 1)
    let value = cpu.register(operation.destination, UInt64.self)
    cpu.setBitFlags(value >> bit & 1 != 0)
    if packed & 3 != 0 {
        cpu.setIndex(Int(operation.destination) / 8, changed(value, 1 << bit, Int(packed & 3)), bits: bytes * 8)
    }
    next(cpu, operation)
}

/// BT and its kin on memory: see ``BitInstructions``.
let testMemoryBit: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let record = operation.record
        let bytes = Int(record.accessSize)
        let width = record.extra & 0xFF
        let mask: UInt64 = width == 64 ? ~0 : width == 32 ? 0xFFFF_FFFF : 0xFFFF
        var offset = cpu.linearAddress(operation) &+ UInt64(bitPattern: record.immediate)
        var bit = UInt64(record.extra >> 16)
        if record.extra >> 8 & 1 != 0 {
            let number = Int64(cpu.signed(record.source, bytes: bytes))
            offset = offset &+ UInt64(bitPattern: (number >> Int64(3 + bytes.trailingZeroBitCount)) * Int64(bytes))
            bit = UInt64(number & Int64(bytes * 8 - 1))
        }
        let segment = Int(record.destination)
        let kind = Int(record.access)
        let address = try cpu.segmentAddress(segment, offset & mask, size: bytes, write: kind != 0)
        let isStack = segment == SegmentNumber.ss
        if kind != 0 { try cpu.probeWrite(address, size: bytes, stack: isStack) }
        let value = try cpu.read(address, size: bytes, stack: isStack)
        if kind != 0 { try cpu.write(address, size: bytes, changed(value, 1 << bit, kind), stack: isStack) }
        cpu.setBitFlags(value >> bit & 1 != 0)
    }
}

/// What BTS (1), BTR (2) and BTC (3) make of a value.
private func changed(_ value: UInt64, _ bit: UInt64, _ kind: Int) -> UInt64 {
    kind == 1 ? value | bit : kind == 2 ? value & ~bit : value ^ bit
}

/// BSF (0), BSR (1) and POPCNT (2), by the extra; the size in bytes is in the immediate.
let scanBits: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let bytes = Int(operation.immediate)
    let mask: UInt64 = bytes == 8 ? ~0 : 1 << UInt64(bytes * 8) - 1
    let value = cpu.register(operation.source, UInt64.self) & mask
    let number = Int(operation.destination) / 8
    if operation.extra == 2 {
        cpu.setIndex(number, UInt64(value.nonzeroBitCount), bits: bytes * 8)
        cpu.setArithmeticFlags(value == 0 ? Flag.zero : 0)
    } else if value != 0 {
        let found = operation.extra == 0 ? value.trailingZeroBitCount : 63 - value.leadingZeroBitCount
        cpu.setIndex(number, UInt64(found), bits: bytes * 8)
        cpu.setScanFlags(found, of: value, bytes: bytes)
    } else {
        // The destination stays as it is, all 64 bits of it.
        cpu.setScanFlags(0, of: 0, bytes: bytes)
    }
    next(cpu, operation)
}

let swapBytes: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    switch operation.immediate {
    case 2: cpu.setRegister(operation.destination, UInt16(0))
    case 4: cpu.setRegister(operation.destination, cpu.register(operation.destination, UInt32.self).byteSwapped)
    default: cpu.setRegister(operation.destination, cpu.register(operation.destination, UInt64.self).byteSwapped)
    }
    next(cpu, operation)
}

/// CRC32 of 1, 2, 4 or 8 bytes (the immediate).
let checksum: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let before: UInt32 = cpu.register(operation.destination)
    let data: UInt64 = cpu.register(operation.source)
    cpu.setRegister(operation.destination, CRC32C.update(before, data, bytes: Int(operation.immediate)))
    next(cpu, operation)
}

extension CPU {
    /// Sets CF as BT does and leaves the others.
    @inline(__always)
    func setBitFlags(_ carry: Bool) { setCarry(carry) }

    /// Sets ZF and leaves the others.
    func setZero(_ zero: Bool) {
        let others = flags & Flag.arithmetic & ~Flag.zero
        setArithmeticFlags(others | (zero ? Flag.zero : 0))
    }

    /// Sets ZF as BSF does; the others are undefined.
    fileprivate func setScanFlags(_ index: Int, of operand: UInt64, bytes: Int) {
        if has(.scansTestOperand) {
            switch bytes {
            case 2: return setFlags(logical: UInt16(truncatingIfNeeded: operand))
            case 4: return setFlags(logical: UInt32(truncatingIfNeeded: operand))
            default: return setFlags(logical: operand)
            }
        }
        guard has(.scansSetFlags) else { return setZero(operand == 0) }
        let hasParity = index.nonzeroBitCount & 1 == 0
        setArithmeticFlags((hasParity ? Flag.parity : 0) | (operand == 0 ? Flag.zero : 0))
    }

    /// A general register as a signed number of so many bytes.
    func signed(_ offset: UInt8, bytes: Int) -> Int64 {
        switch bytes {
        case 1: Int64(Int8(bitPattern: register(offset, UInt8.self)))
        case 2: Int64(Int16(bitPattern: register(offset, UInt16.self)))
        case 4: Int64(Int32(bitPattern: register(offset, UInt32.self)))
        default: Int64(bitPattern: register(offset, UInt64.self))
        }
    }
}
