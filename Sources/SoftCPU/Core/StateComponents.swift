/// The components of the state that XSAVE saves and this processor has, by their bits in XCR0.
struct StateComponents: OptionSet {
    let rawValue: UInt64

    static let x87 = StateComponents(rawValue: 1)
    /// XMM registers; MXCSR goes with them.
    static let sse = StateComponents(rawValue: 2)
}

/// Words of 8 bytes of an FXSAVE area that instructions read and write: registers, 416 bytes (Intel SDM vol. 1, 10.5.1).
typealias LegacyArea = InlineArray<52, UInt64>

extension VectorRegisters {
    /// Which components are not as they are after reset. Processors may take one for used until XRSTOR makes it what it is after
    /// reset; this one goes by what is in it, because nothing else is part of a state.
    var used: StateComponents {
        var result: StateComponents = []
        for index in 0..<32 where xmm[index] != 0 { result.insert(.sse) }
        let reset = VectorRegisters()
        var isUsed =
            controlWord != reset.controlWord || statusWord != 0 || tags != 0 || lastOpcode != 0 || lastIP != 0
            || lastData != 0
        for index in 0..<8 where significands[index] != 0 || exponents[index] != 0 { isUsed = true }
        if isUsed { result.insert(.x87) }
        return result
    }

    /// Writes x87's words into an area: 0 to 2, and 4 to 19.
    ///
    /// - Parameter isWide: pointers have 64 bits; else 32, and a selector, which is not kept.
    func storeX87(_ area: inout LegacyArea, isWide: Bool) {
        area[0] =
            UInt64(controlWord) | UInt64(statusWord) << 16 | UInt64(tags) << 32 | UInt64(lastOpcode) << 48
        area[1] = isWide ? lastIP : lastIP & 0xFFFF_FFFF
        area[2] = isWide ? lastData : lastData & 0xFFFF_FFFF
        for index in 0..<8 {
            area[4 + 2 * index] = significands[(top + index) & 7]
            area[5 + 2 * index] = UInt64(exponents[(top + index) & 7])
        }
    }

    /// Takes x87's words from an area.
    mutating func loadX87(_ area: LegacyArea, isWide: Bool) {
        setControl(UInt16(truncatingIfNeeded: area[0]), status: UInt16(truncatingIfNeeded: area[0] >> 16))
        tags = UInt8(truncatingIfNeeded: area[0] >> 32)
        lastOpcode = UInt16(truncatingIfNeeded: area[0] >> 48) & 0x7FF
        lastIP = isWide ? area[1] : area[1] & 0xFFFF_FFFF
        lastData = isWide ? area[2] : area[2] & 0xFFFF_FFFF
        for index in 0..<8 {
            significands[(top + index) & 7] = area[4 + 2 * index]
            exponents[(top + index) & 7] = UInt16(truncatingIfNeeded: area[5 + 2 * index])
        }
    }

    /// Makes x87 what it is after reset, with nothing in its registers.
    mutating func resetX87() {
        initializeX87()
        significands = InlineArray(repeating: 0)
        exponents = InlineArray(repeating: 0)
    }
}
