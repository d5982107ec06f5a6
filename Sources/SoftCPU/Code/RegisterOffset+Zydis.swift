internal import CZydis

extension RegisterOffset {
    /// Where a general register of any size is.
    static func of(_ register: ZydisRegister) -> UInt8 {
        let number = Int(register.rawValue)
        // Zydis numbers the byte registers AL, CL, DL, BL, AH, CH, DH, BH, SPL, BPL, SIL, DIL, R8B and so on.
        let firstByte = Int(ZYDIS_REGISTER_AL.rawValue)
        if number >= firstByte, number <= Int(ZYDIS_REGISTER_R15B.rawValue) {
            let index = number - firstByte
            if index < 4 { return general(index) }
            return index < 8 ? high(index - 4) : general(index - 4)
        }
        for first in [ZYDIS_REGISTER_AX, ZYDIS_REGISTER_EAX, ZYDIS_REGISTER_RAX] {
            let index = number - Int(first.rawValue)
            if index >= 0, index < 16 { return general(index) }
        }
        return zero
    }

    /// Where a register of an address is; that of a zero if there is none.
    static func of(_ register: ZydisRegister, orZero: Void) -> UInt8 {
        register == ZYDIS_REGISTER_NONE ? zero : of(register)
    }

    /// The number of a segment register: DS for none.
    static func segmentNumber(_ register: ZydisRegister) -> Int {
        let index = Int(register.rawValue) - Int(ZYDIS_REGISTER_ES.rawValue)
        return index >= 0 && index < 6 ? index : SegmentNumber.ds
    }
}
