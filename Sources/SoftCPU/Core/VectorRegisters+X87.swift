extension VectorRegisters {
    /// Whether a register of the stack holds something.
    @inline(__always)
    func isUsed(_ index: Int) -> Bool { tags >> UInt8((top + index) & 7) & 1 != 0 }

    /// A register of the stack; one that is stored to is in use.
    subscript(st index: Int) -> SoftExtended {
        @inline(__always) get {
            let number = (top + index) & 7
            return SoftExtended(significand: significands[number], signAndExponent: exponents[number])
        }
        @inline(__always) set {
            let number = (top + index) & 7
            significands[number] = newValue.significand
            exponents[number] = newValue.signAndExponent
            tags |= 1 << UInt8(number)
        }
    }

    /// Makes a register empty; what is in it stays.
    @inline(__always)
    mutating func free(_ index: Int) { tags &= ~(1 << UInt8((top + index) & 7)) }

    @inline(__always)
    mutating func push(_ value: SoftExtended) {
        top -= 1
        self[st: 0] = value
    }

    @inline(__always)
    mutating func pop(_ count: Int) {
        for _ in 0..<count {
            free(0)
            top += 1
        }
    }

    /// Sets condition codes and leaves the others.
    @inline(__always)
    mutating func setConditions(_ codes: UInt16, of mask: UInt16) { setStatus(statusWord & ~mask | codes) }

    /// The tag word: two bits for each register, valid, zero, special or empty (Intel SDM vol. 1, 8.1.7).
    var tagWord: UInt16 {
        var word: UInt16 = 0
        for number in 0..<8 {
            let exponent = exponents[number] & 0x7FFF
            let tag: UInt16 =
                if tags >> UInt8(number) & 1 == 0 {
                    3
                } else if exponent == 0, significands[number] == 0 {
                    1
                } else {
                    exponent == 0 || exponent == 0x7FFF || significands[number] >> 63 == 0 ? 2 : 0
                }
            word |= tag << UInt16(2 * number)
        }
        return word
    }
}
