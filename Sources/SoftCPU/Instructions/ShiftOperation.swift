/// A shift or rotation by a count of 0 to 31, or 63 for eight bytes. A count of 0 changes no flag.
protocol ShiftOperation {
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T
}

enum ShiftLeft: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let result = value << T(truncatingIfNeeded: count)
        let out = count <= T.bitWidth ? value >> T(truncatingIfNeeded: T.bitWidth - count) & 1 != 0 : false
        cpu.setFlags(result: result, carry: out, overflow: out != result.isNegative, adjust: Quirks.shiftAdjust)
        return result
    }
}

enum ShiftRight: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let result = value >> T(truncatingIfNeeded: count)
        let out = count <= T.bitWidth ? value >> T(truncatingIfNeeded: count - 1) & 1 != 0 : false
        // OF is the highest bit of what is shifted the last time by one.
        let before = value >> T(truncatingIfNeeded: count - 1)
        cpu.setFlags(result: result, carry: out, overflow: before.isNegative, adjust: Quirks.shiftAdjust)
        return result
    }
}

enum ShiftRightSigned: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let signed = T.Signed(truncatingIfNeeded: value)
        let before = signed >> T.Signed(truncatingIfNeeded: min(count - 1, T.bitWidth - 1))
        let result = T(truncatingIfNeeded: before >> 1)
        cpu.setFlags(result: result, carry: before & 1 != 0, overflow: false, adjust: Quirks.shiftAdjust)
        return result
    }
}

enum RotateLeft: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let turn = count & (T.bitWidth - 1)
        let result =
            value &<< T(truncatingIfNeeded: turn) | (turn == 0 ? 0 : value &>> T(truncatingIfNeeded: T.bitWidth - turn))
        let carry = result & 1 != 0
        cpu.setRotationFlags(carry: carry, overflow: carry != result.isNegative)
        return result
    }
}

enum RotateRight: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let turn = count & (T.bitWidth - 1)
        let result =
            value &>> T(truncatingIfNeeded: turn) | (turn == 0 ? 0 : value &<< T(truncatingIfNeeded: T.bitWidth - turn))
        let carry = result.isNegative
        let second = result >> T(truncatingIfNeeded: T.bitWidth - 2) & 1 != 0
        cpu.setRotationFlags(carry: carry, overflow: carry != second)
        return result
    }
}

enum RotateLeftThroughCarry: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let turn = T.bitWidth < 32 ? count % (T.bitWidth + 1) : count
        var result = value
        var carry = cpu.carry
        for _ in 0..<turn {
            let out = result.isNegative
            result = result &<< 1 | (carry ? 1 : 0)
            carry = out
        }
        cpu.setRotationFlags(carry: carry, overflow: carry != result.isNegative)
        return result
    }
}

enum RotateRightThroughCarry: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let turn = T.bitWidth < 32 ? count % (T.bitWidth + 1) : count
        var result = value
        var carry = cpu.carry
        for _ in 0..<turn {
            let out = result & 1 != 0
            result = result &>> 1 | (carry ? 1 &<< T(truncatingIfNeeded: T.bitWidth - 1) : 0)
            carry = out
        }
        let second = result >> T(truncatingIfNeeded: T.bitWidth - 2) & 1 != 0
        cpu.setRotationFlags(carry: carry, overflow: result.isNegative != second)
        return result
    }
}

extension CPU {
    /// Sets CF and OF and leaves the others.
    @inline(__always)
    func setRotationFlags(carry: Bool, overflow: Bool) {
        let upper: UInt64 = (carry ? 2 : 0) | (carry != overflow ? 1 : 0)
        state.flagCarries = state.flagCarries & 0x3FFF_FFFF_FFFF_FFFF | upper &<< 62
    }
}
