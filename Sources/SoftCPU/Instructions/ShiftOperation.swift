/// A shift or rotation by a count of 0 to 31, or 63 for eight bytes. A count of 0 changes no flag.
///
/// ROL and ROR of a register by an immediate number that is neither 0 nor 1 have 64 more than that: some processors then leave OF.
protocol ShiftOperation {
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T
}

enum ShiftLeft: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let places = UInt64(truncatingIfNeeded: count)
        let wide = UInt64(value)
        let result = T(truncatingIfNeeded: wide &<< places)
        // What is shifted out last; with less than 64 bits it is still there.
        let out = T.bitWidth == 64 ? wide &>> (64 &- places) & 1 : (wide &<< places) &>> UInt64(T.bitWidth) & 1
        let overflow = cpu.has(.overflowOfFirstBit) ? (value ^ value &<< 1).topBit : out ^ result.topBit
        cpu.setShiftFlags(result, carry: out, overflow: overflow)
        return result
    }
}

enum ShiftRight: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let before = UInt64(value) &>> UInt64(truncatingIfNeeded: count &- 1)
        let result = T(truncatingIfNeeded: before &>> 1)
        // OF is the highest bit of what is shifted by one.
        let overflow = cpu.has(.overflowOfFirstBit) ? value.topBit : T(truncatingIfNeeded: before).topBit
        cpu.setShiftFlags(result, carry: before & 1, overflow: overflow)
        return result
    }
}

enum ShiftRightSigned: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let signed = Int64(bitPattern: value.signExtended)
        let before = signed &>> Int64(truncatingIfNeeded: count &- 1)
        let result = T(truncatingIfNeeded: before &>> 1)
        cpu.setShiftFlags(result, carry: UInt64(bitPattern: before & 1), overflow: 0)
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
        let overflow =
            cpu.has(.overflowOfFirstBit)
            ? (count >= 64 ? cpu.overflow : value.topBitsDiffer) : carry != result.isNegative
        cpu.setRotationFlags(carry: carry, overflow: overflow)
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
        let overflow =
            cpu.has(.overflowOfFirstBit)
            ? (count >= 64 ? cpu.overflow : value.isNegative != (value & 1 != 0)) : result.topBitsDiffer
        cpu.setRotationFlags(carry: carry, overflow: overflow)
        return result
    }
}

enum RotateLeftThroughCarry: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let turn = T.bitWidth < 32 ? count % (T.bitWidth + 1) : count
        let isOfFirst = cpu.has(.overflowOfFirstBit)
        if turn == 0, isOfFirst { return value }
        var result = value
        var carry = cpu.carry
        for _ in 0..<turn {
            let out = result.isNegative
            result = result &<< 1 | (carry ? 1 : 0)
            carry = out
        }
        let overflow = isOfFirst ? value.topBitsDiffer : carry != result.isNegative
        cpu.setRotationFlags(carry: carry, overflow: overflow)
        return result
    }
}

enum RotateRightThroughCarry: ShiftOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T, _ count: Int) -> T {
        guard count != 0 else { return value }
        let turn = T.bitWidth < 32 ? count % (T.bitWidth + 1) : count
        let isOfFirst = cpu.has(.overflowOfFirstBit)
        if turn == 0, isOfFirst { return value }
        let overflow = value.isNegative != cpu.carry
        var result = value
        var carry = cpu.carry
        for _ in 0..<turn {
            let out = result & 1 != 0
            result = result &>> 1 | (carry ? 1 &<< T(truncatingIfNeeded: T.bitWidth - 1) : 0)
            carry = out
        }
        cpu.setRotationFlags(carry: carry, overflow: isOfFirst ? overflow : result.topBitsDiffer)
        return result
    }
}

extension Word {
    /// The highest bit as a number.
    @inline(__always)
    fileprivate var topBit: UInt64 { UInt64(truncatingIfNeeded: self &>> Self(truncatingIfNeeded: Self.bitWidth - 1)) }

    /// Whether the two highest bits are different: what a shift to the left by one sets OF to.
    @inline(__always)
    fileprivate var topBitsDiffer: Bool { (self ^ self &<< 1).isNegative }
}

extension CPU {
    /// Whether the processor does what a quirk says.
    @inline(__always)
    func has(_ quirk: Quirks) -> Bool { state.quirks.rawValue & quirk.rawValue != 0 }

    /// Stores a shift's result, CF and OF as 0 or 1, and AF as the processor does.
    @inline(__always)
    fileprivate func setShiftFlags<T: Word>(_ result: T, carry: UInt64, overflow: UInt64) {
        state.flagResult = result.signExtended
        let adjust: UInt64 = has(.shiftsSetAdjust) ? 8 : 0
        state.flagCarries = carry &<< 63 | (carry ^ overflow) &<< 62 | adjust
    }

    /// Sets CF and OF and leaves the others.
    @inline(__always)
    func setRotationFlags(carry: Bool, overflow: Bool) {
        let upper: UInt64 = (carry ? 2 : 0) | (carry != overflow ? 1 : 0)
        state.flagCarries = state.flagCarries & 0x3FFF_FFFF_FFFF_FFFF | upper &<< 62
    }
}
