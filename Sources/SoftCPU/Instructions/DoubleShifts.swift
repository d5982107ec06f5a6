internal import CZydis

/// SHLD and SHRD.
enum DoubleShifts: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_SHLD] = { emit(&$0, left, leftMemory) }
        table[ZYDIS_MNEMONIC_SHRD] = { emit(&$0, right, rightMemory) }
    }

    private static func emit(_ builder: inout BlockBuilder, _ registers: [Handler], _ memory: [Handler]) {
        let bytes = builder.bytes(0)
        let size = bytes.trailingZeroBitCount - 1
        // The count, or -1 for CL.
        let count = builder.isImmediate(2) ? builder.immediate(2) & (bytes == 8 ? 63 : 31) : -1
        if builder.isMemory(0) {
            builder.emit(
                memory[size],
                memory: 0,
                bytes: bytes,
                access: Access.read | Access.write,
                source: builder.registerOffset(1),
                immediate: count
            )
        } else {
            builder.emit(
                registers[size],
                destination: builder.registerOffset(0),
                source: builder.registerOffset(1),
                immediate: count
            )
        }
    }

    private static let left: [Handler] = [
        { shiftDouble($0, $1, UInt16.self, left: true) }, { shiftDouble($0, $1, UInt32.self, left: true) },
        { shiftDouble($0, $1, UInt64.self, left: true) },
    ]
    private static let right: [Handler] = [
        { shiftDouble($0, $1, UInt16.self, left: false) }, { shiftDouble($0, $1, UInt32.self, left: false) },
        { shiftDouble($0, $1, UInt64.self, left: false) },
    ]
    private static let leftMemory: [Handler] = [
        { shiftDoubleMemory($0, $1, UInt16.self, left: true) },
        { shiftDoubleMemory($0, $1, UInt32.self, left: true) },
        { shiftDoubleMemory($0, $1, UInt64.self, left: true) },
    ]
    private static let rightMemory: [Handler] = [
        { shiftDoubleMemory($0, $1, UInt16.self, left: false) },
        { shiftDoubleMemory($0, $1, UInt32.self, left: false) },
        { shiftDoubleMemory($0, $1, UInt64.self, left: false) },
    ]
}

@inline(__always)
private func shiftDouble<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type, left: Bool) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let value: T = cpu.register(operation.destination)
    let result = cpu.shiftDouble(value, cpu.register(operation.source), operation.immediate, left: left)
    cpu.setRegister(operation.destination, result)
    next(cpu, operation)
}

@inline(__always)
private func shiftDoubleMemory<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type, left: Bool) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    let value: T = entry.load(address)
    entry.store(
        cpu.shiftDouble(value, cpu.register(operation.source), operation.immediate, left: left),
        address
    )
    next(cpu, operation)
}

extension CPU {
    /// Shifts a value and fills it from another. A count of -1 is that in CL.
    @inline(__always)
    fileprivate func shiftDouble<T: Word>(_ value: T, _ filler: T, _ given: Int64, left: Bool) -> T {
        let count = given < 0 ? shiftCount(T.self) : Int(given)
        guard count != 0 else { return value }
        let width = T.bitWidth
        // Of 16 bits the count may be greater than the width.
        let isBeyond = count > width
        let turns = has(.doubleShiftsTurn)
        let source = isBeyond ? filler : value
        let fill = isBeyond && turns ? value : filler
        let turn = isBeyond ? count - width : count
        let hasCarry = !isBeyond || turns
        let result: T
        let carry: Bool
        var overflow: Bool
        if left {
            result = source << T(turn) | fill >> T(width - turn)
            carry = hasCarry && source >> T(width - turn) & 1 != 0
            overflow = !isBeyond && carry != result.isNegative
            if count == width, has(.wholeDoubleShiftsOverflowAsCarry) { overflow = carry }
            if has(.overflowOfFirstBit) { overflow = value.isNegative != (value &<< 1).isNegative }
        } else {
            result = source >> T(turn) | fill << T(width - turn)
            carry = hasCarry && source >> T(turn - 1) & 1 != 0
            overflow = result.isNegative != (result &<< 1).isNegative
            if has(.overflowOfFirstBit) { overflow = value.isNegative != (filler & 1 != 0) }
        }
        setFlags(result: result, carry: carry, overflow: overflow, adjust: has(.shiftsSetAdjust))
        return result
    }
}
