import CNative

@testable import SoftCPU

extension RandomOperands {
    /// Two singles.
    mutating func singles() -> UInt64 { UInt64(single().bits) | UInt64(single().bits) << 32 }

    /// Registers of x87, MMX and SSE: numbers of all formats and edges, any rounding, exceptions masked and not masked, pending and
    /// not pending.
    mutating func vectors(isMMX: Bool) -> VectorRegisters {
        var result = VectorRegisters()
        for index in 0..<16 {
            let value =
                switch below(5) {
                case 0: Vector128(low: double().bits, high: double().bits)
                case 1: Vector128(low: singles(), high: singles())
                case 2: string()
                default: vector()
                }
            result.xmm[2 * index] = value.low
            result.xmm[2 * index + 1] = value.high
        }
        result.mxcsr = mxcsr() | UInt32(below(4) == 0 ? below(64) : 0)
        // An exception that is pending stops most instructions: so it seldom is.
        let control = controlWord()
        let flags = UInt16(below(64)) & (below(16) == 0 ? 0x3F : control & 0x3F)
        let codes = UInt16(truncatingIfNeeded: next()) & (X87Status.c0 | X87Status.c1 | X87Status.c2 | X87Status.c3)
        result.setControl(control, status: flags | codes | UInt16(below(8)) << 11)
        result.tags = below(3) == 0 ? UInt8(truncatingIfNeeded: next()) : 0xFF << UInt8(below(9))
        for index in 0..<8 {
            let number = index > 0 && below(8) == 0 ? near(st(index - 1, of: result)) : stackRegister()
            result.significands[index] = isMMX ? vector().low : number.significand
            result.exponents[index] = isMMX ? 0xFFFF : number.signAndExponent
        }
        // Where the processor loses these without an exception, what it has then is chance.
        let isLost = NativeCode.quirks.contains(.pointersOnlyWithErrors) && result.statusWord & X87Status.summary == 0
        result.lastOpcode = isLost ? 0 : UInt16(below(0x800))
        result.lastIP = isLost ? 0 : below(1 << 32)
        result.lastData = isLost ? 0 : below(1 << 32)
        return result
    }

    /// A number that is as likely to be in the range of a function as not.
    private mutating func stackRegister() -> SoftExtended {
        var number = extended()
        guard below(2) == 0 else { return number }
        number.significand |= 1 << 63
        number.signAndExponent = UInt16(16383 - 40 + below(110)) | UInt16(below(2)) << 15
        return number
    }

    private func st(_ index: Int, of registers: VectorRegisters) -> SoftExtended {
        SoftExtended(significand: registers.significands[index], signAndExponent: registers.exponents[index])
    }
}

extension VectorRegisters {
    /// Puts all registers into the thunk's context: an FXSAVE area, and what FLDENV loads.
    func store(in context: inout native_context) {
        // SAFETY: offsets are within the 512 bytes of FXSAVE (Intel SDM vol. 1, 10.5.1) and the 28 of FLDENV (8.1.10).
        unsafe withUnsafeMutableBytes(of: &context.fxsave) { area in
            unsafe area.storeBytes(of: controlWord, toByteOffset: 0, as: UInt16.self)
            unsafe area.storeBytes(of: statusWord, toByteOffset: 2, as: UInt16.self)
            unsafe area.storeBytes(of: UInt16(tags), toByteOffset: 4, as: UInt16.self)
            unsafe area.storeBytes(of: lastOpcode, toByteOffset: 6, as: UInt16.self)
            unsafe area.storeBytes(of: lastIP, toByteOffset: 8, as: UInt64.self)
            unsafe area.storeBytes(of: lastData, toByteOffset: 16, as: UInt64.self)
            unsafe area.storeBytes(of: UInt64(mxcsr), toByteOffset: 24, as: UInt64.self)
            for index in 0..<8 {
                let number = (top + index) & 7
                unsafe area.storeBytes(of: significands[number], toByteOffset: 32 + 16 * index, as: UInt64.self)
                unsafe area.storeBytes(of: UInt64(exponents[number]), toByteOffset: 40 + 16 * index, as: UInt64.self)
            }
            for index in 0..<32 {
                unsafe area.storeBytes(of: xmm[index], toByteOffset: 160 + 8 * index, as: UInt64.self)
            }
        }
        var tagWord: UInt32 = 0
        for index in 0..<8 where tags >> index & 1 == 0 { tagWord |= 3 << UInt32(2 * index) }
        let words: [UInt32] = [
            UInt32(controlWord), UInt32(statusWord), tagWord, UInt32(truncatingIfNeeded: lastIP),
            UInt32(lastOpcode) << 16, UInt32(truncatingIfNeeded: lastData), 0,
        ]
        unsafe withUnsafeMutableBytes(of: &context.environment) { area in
            for (index, word) in words.enumerated() {
                unsafe area.storeBytes(of: word, toByteOffset: 4 * index, as: UInt32.self)
            }
        }
    }

    /// Takes all registers from the thunk's context.
    ///
    /// - Parameter hasPointers: the environment was stored too. A fault keeps the thunk from that.
    init(_ context: native_context, hasPointers: Bool) {
        self.init()
        // SAFETY: as in store(in:).
        unsafe withUnsafeBytes(of: context.fxsave) { area in
            func load<T: BitwiseCopyable>(_ offset: Int, _: T.Type = T.self) -> T {
                unsafe area.loadUnaligned(fromByteOffset: offset, as: T.self)
            }
            setControl(load(0), status: load(2))
            tags = load(4)
            mxcsr = load(24)
            for index in 0..<8 {
                significands[(top + index) & 7] = load(32 + 16 * index)
                exponents[(top + index) & 7] = load(40 + 16 * index)
            }
            for index in 0..<32 { xmm[index] = load(160 + 8 * index) }
        }
        guard hasPointers else { return }
        unsafe withUnsafeBytes(of: context.environment) { area in
            lastIP = unsafe UInt64(area.load(fromByteOffset: 12, as: UInt32.self))
            lastOpcode = unsafe area.load(fromByteOffset: 18, as: UInt16.self) & 0x7FF
            lastData = unsafe UInt64(area.load(fromByteOffset: 20, as: UInt32.self))
        }
    }
}
