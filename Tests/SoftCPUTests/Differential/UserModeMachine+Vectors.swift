import CNative

@testable import SoftCPU

// The FXSAVE area of the thunk's context: x87 and MMX registers, MXCSR and XMM registers.
extension UserModeMachine {
    // SAFETY of all: offsets are within the 512 bytes of the area.
    private func store<T: BitwiseCopyable>(_ value: T, at offset: Int, in context: inout native_context) {
        unsafe withUnsafeMutableBytes(of: &context.fxsave) {
            unsafe $0.storeBytes(of: value, toByteOffset: offset, as: T.self)
        }
    }

    private func load<T: BitwiseCopyable>(_ offset: Int, _ context: native_context, _: T.Type = T.self) -> T {
        unsafe withUnsafeBytes(of: context.fxsave) { unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    }

    /// Random registers: floating-point numbers, masks and integers.
    func setVectors(_ context: inout native_context, _ random: inout SeededGenerator) {
        for index in 0..<64 { store(UInt64(0), at: 8 * index, in: &context) }
        let bits = random.next()
        // One in 32 has an x87 exception pending.
        let isPending = bits & 31 == 0
        store(UInt16(isPending ? 0x37E : 0x37F), at: 0, in: &context)
        store(UInt16(bits >> 8 & 7) << 11 | (isPending ? 0x8081 : 0), at: 2, in: &context)
        store(UInt8(truncatingIfNeeded: bits >> 16), at: 4, in: &context)
        var operands = RandomOperands(seed: bits)
        store(operands.mxcsr(), at: 24, in: &context)
        for index in 0..<8 {
            store(random.next(), at: 32 + 16 * index, in: &context)
            store(UInt16(truncatingIfNeeded: random.next()), at: 40 + 16 * index, in: &context)
        }
        for index in 0..<16 {
            let value =
                switch random.next() & 3 {
                case 0: operands.vector()
                case 1: Vector128(low: operands.double().bits, high: operands.double().bits)
                case 2:
                    Vector128(
                        SIMD4(
                            operands.single().bits,
                            operands.single().bits,
                            operands.single().bits,
                            operands.single().bits
                        )
                    )
                default: operands.string()
                }
            store(value, at: 160 + 16 * index, in: &context)
        }
    }

    /// Takes the area over.
    func loadVectors(_ context: native_context) {
        var vector = VectorRegisters()
        for index in 0..<32 { vector.xmm[index] = load(160 + 8 * index, context) }
        vector.mxcsr = load(24, context)
        vector.setControl(load(0, context), status: load(2, context))
        vector.tags = load(4, context)
        vector.lastOpcode = load(6, context)
        vector.lastIP = load(8, context)
        vector.lastData = load(16, context)
        for index in 0..<8 {
            vector.significands[(vector.top + index) & 7] = load(32 + 16 * index, context)
            vector.exponents[(vector.top + index) & 7] = load(40 + 16 * index, context)
        }
        processor.cpu.state.vector = vector
    }

    /// Notes what differs in the area.
    func compareVectors(_ context: native_context, _ note: (String, UInt64, UInt64) -> Void) {
        let vector = processor.cpu.state.vector
        for index in 0..<32 { note("xmm\(index / 2)", vector.xmm[index], load(160 + 8 * index, context)) }
        note("MXCSR", UInt64(vector.mxcsr), UInt64(load(24, context, UInt32.self)))
        note("x87 control", UInt64(vector.controlWord), UInt64(load(0, context, UInt16.self)))
        note("x87 status", UInt64(vector.statusWord), UInt64(load(2, context, UInt16.self)))
        note("x87 tags", UInt64(vector.tags), UInt64(load(4, context, UInt8.self)))
        // Others than Intel's processors save these while an exception is pending and at no other time.
        if NativeCode.quirks.contains(.pointersOfErrors) {
            note("x87 opcode", UInt64(vector.lastOpcode), UInt64(load(6, context, UInt16.self)))
            note("x87 IP", vector.lastIP, load(8, context))
            note("x87 data", vector.lastData, load(16, context))
        }
        for index in 0..<8 {
            let place = (vector.top + index) & 7
            note("st\(index)", vector.significands[place], load(32 + 16 * index, context))
            let exponent: UInt16 = load(40 + 16 * index, context)
            note("st\(index) exponent", UInt64(vector.exponents[place]), UInt64(exponent))
        }
    }
}
