/// The model-specific registers that the processor keeps; all others are asked for outside.
enum ModelSpecificRegister {
    static let numbers: [UInt32] =
        [
            0x174, 0x175, 0x176,  // IA32_SYSENTER_CS, _ESP, _EIP
            0x1A0,  // IA32_MISC_ENABLE
            0x277,  // IA32_PAT
            0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084,  // IA32_STAR, LSTAR, CSTAR, FMASK
            0xC000_0102,  // IA32_KERNEL_GS_BASE
            0x2FF,  // IA32_MTRR_DEF_TYPE
            0x250, 0x258, 0x259,  // IA32_MTRR_FIX64K, FIX16K
        ] + Array(0x268...0x26F)  // IA32_MTRR_FIX4K
        + Array(0x200...0x20F)  // IA32_MTRR_PHYSBASE, PHYSMASK 0 to 7

    static let sysenterCS = 0
    static let sysenterESP = 1
    static let sysenterEIP = 2
    static let star = 5
    static let longStar = 6
    static let flagMask = 8
    static let kernelGSBase = 9

    /// Where a register is kept, if it is.
    static func index(of number: UInt32) -> Int? { numbers.firstIndex(of: number) }
}

extension CPU {
    /// All that are kept, by number.
    var modelSpecificValues: [UInt32: UInt64] {
        var result: [UInt32: UInt64] = [:]
        for (index, number) in ModelSpecificRegister.numbers.enumerated() where keptRegister(number) != nil {
            result[number] = state.modelSpecific[index]
        }
        return result
    }

    /// Where a register is that the guest may use without asking outside.
    func keptRegister(_ number: UInt32) -> Int? {
        guard let index = ModelSpecificRegister.index(of: number), state.keptRegisters >> UInt64(index) & 1 != 0 else {
            return nil
        }
        return index
    }

    /// Lets the guest use these registers, and asks for all others outside.
    func keepRegisters(_ numbers: [UInt32]) {
        state.keptRegisters = 0
        for number in numbers {
            if let index = ModelSpecificRegister.index(of: number) { state.keptRegisters |= 1 << UInt64(index) }
        }
    }

    func loadModelSpecific(_ values: [UInt32: UInt64]) {
        for (index, number) in ModelSpecificRegister.numbers.enumerated() {
            state.modelSpecific[index] = values[number] ?? 0
        }
    }
}
