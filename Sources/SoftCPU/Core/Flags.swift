/// Flags in their places in RFLAGS.
enum Flag {
    static let carry: UInt64 = 1 << 0
    static let fixed: UInt64 = 1 << 1
    static let parity: UInt64 = 1 << 2
    static let adjust: UInt64 = 1 << 4
    static let zero: UInt64 = 1 << 6
    static let sign: UInt64 = 1 << 7
    static let trap: UInt64 = 1 << 8
    static let interrupt: UInt64 = 1 << 9
    static let direction: UInt64 = 1 << 10
    static let overflow: UInt64 = 1 << 11
    static let privilegeLevel: UInt64 = 3 << 12
    static let nestedTask: UInt64 = 1 << 14
    static let resume: UInt64 = 1 << 16
    static let virtual8086: UInt64 = 1 << 17
    static let alignmentCheck: UInt64 = 1 << 18
    static let virtualInterrupt: UInt64 = 1 << 19
    static let virtualInterruptPending: UInt64 = 1 << 20
    static let identification: UInt64 = 1 << 21

    /// Those that exist, but for the one that is always set.
    static let loadable: UInt64 = 0x3F_7FD5
    /// Those that arithmetic sets.
    static let arithmetic: UInt64 = carry | parity | adjust | zero | sign | overflow
}

// The six arithmetic flags follow from two words that every instruction stores as it comes by them, so that they are exact
// wherever anything looks and cost little where nothing does:
//
// flagResult   the result, with its sign in all 64 bits: ZF, SF and PF
// flagCarries  bit 63: CF. Bit 62: CF ^ OF, the carry into the sign bit. Bit 3: AF. Bit 4: what SF is to be inverted by.
//              Bits 8 to 15: what the result's low byte is to be changed by for PF.
extension CPU {
    /// Stores result and carries out of each bit of an addition, or borrows of a subtraction.
    @inline(__always)
    func setFlags<T: Word>(result: T, carries: T) {
        state.flagResult = result.signExtended
        let wide = UInt64(truncatingIfNeeded: carries)
        state.flagCarries = wide &<< UInt64(64 - T.bitWidth) & 0xC000_0000_0000_0000 | wide & 8
    }

    /// As ``setFlags(result:carries:)``, but CF stays.
    @inline(__always)
    func setFlagsButCarry<T: Word>(result: T, carries: T) {
        state.flagResult = result.signExtended
        let wide = UInt64(truncatingIfNeeded: carries)
        let upper = wide &<< UInt64(64 - T.bitWidth)
        let overflow = (upper ^ upper &<< 1) & 1 &<< 63
        let carry = state.flagCarries & 1 &<< 63
        state.flagCarries = carry | (carry ^ overflow) &>> 1 | wide & 8
    }

    /// Stores the result of a logical operation: no carries.
    @inline(__always)
    func setFlags<T: Word>(logical result: T) {
        state.flagResult = result.signExtended
        state.flagCarries = 0
    }

    /// Stores a result, CF and OF, with AF clear.
    @inline(__always)
    func setFlags<T: Word>(result: T, carry: Bool, overflow: Bool, adjust: Bool = false) {
        state.flagResult = result.signExtended
        let upper: UInt64 = (carry ? 2 : 0) | (carry != overflow ? 1 : 0)
        state.flagCarries = upper &<< 62 | (adjust ? 8 : 0)
    }

    var carry: Bool { @inline(__always) get { Int64(bitPattern: state.flagCarries) < 0 } }
    var overflow: Bool {
        @inline(__always) get { Int64(bitPattern: state.flagCarries ^ state.flagCarries &<< 1) < 0 }
    }
    var isZero: Bool { @inline(__always) get { state.flagResult == 0 } }
    var sign: Bool {
        @inline(__always) get { Int64(bitPattern: state.flagResult ^ state.flagCarries &<< 59) < 0 }
    }
    var parity: Bool {
        @inline(__always) get {
            let byte = UInt8(truncatingIfNeeded: state.flagResult ^ state.flagCarries &>> 8)
            return byte.nonzeroBitCount & 1 == 0
        }
    }
    var adjust: Bool { @inline(__always) get { state.flagCarries & 8 != 0 } }

    /// CF as a number to add.
    @inline(__always)
    func carryIn<T: Word>(_: T.Type) -> T { T(truncatingIfNeeded: state.flagCarries &>> 63) }

    /// Sets CF and leaves the others.
    func setCarry(_ carry: Bool) {
        let overflow = overflow
        let upper: UInt64 = (carry ? 2 : 0) | (carry != overflow ? 1 : 0)
        state.flagCarries = state.flagCarries & 0x3FFF_FFFF_FFFF_FFFF | upper &<< 62
    }

    /// RFLAGS as a whole.
    var flags: UInt64 {
        get {
            state.otherFlags | (carry ? Flag.carry : 0) | (parity ? Flag.parity : 0) | (adjust ? Flag.adjust : 0)
                | (isZero ? Flag.zero : 0) | (sign ? Flag.sign : 0) | (overflow ? Flag.overflow : 0)
        }
        nonmutating set {
            state.otherFlags = newValue & ~Flag.arithmetic | Flag.fixed
            setArithmeticFlags(newValue)
        }
    }

    /// RFLAGS as they are between two instructions. Between two turns of a repeated one, RF is set on most processors.
    var flagsBetweenTurns: UInt64 {
        flags | (state.watching.isBetweenTurns ? Flag.resume : 0)
    }

    /// Sets the six arithmetic flags from their places in RFLAGS.
    func setArithmeticFlags(_ flags: UInt64) {
        // A result that is 0 or 1 gives ZF; SF and PF are then put right.
        let result: UInt64 = flags & Flag.zero != 0 ? 0 : 1
        let hasParity = result == 0
        let carry = flags & Flag.carry != 0
        let overflow = flags & Flag.overflow != 0
        let upper: UInt64 = (carry ? 2 : 0) | (carry != overflow ? 1 : 0)
        var carries = upper << 62
        if flags & Flag.adjust != 0 { carries |= 8 }
        if flags & Flag.sign != 0 { carries |= 16 }
        if (flags & Flag.parity != 0) != hasParity { carries |= 1 << 8 }
        state.flagResult = result
        state.flagCarries = carries
    }
}
