internal import CZydis

/// PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM. Their memory operand need not be aligned.
enum StringComparisons: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_PCMPISTRI] = { emit(&$0, [.givesIndex]) }
        table[ZYDIS_MNEMONIC_PCMPISTRM] = { emit(&$0, []) }
        table[ZYDIS_MNEMONIC_PCMPESTRI] = { emit(&$0, [.givesIndex, .hasLengths]) }
        table[ZYDIS_MNEMONIC_PCMPESTRM] = { emit(&$0, [.hasLengths]) }
    }

    private static func emit(_ builder: inout BlockBuilder, _ form: Form) {
        var form = form
        // Lengths are in EAX and EDX, or with REX.W in RAX and RDX.
        if unsafe builder.instruction.raw.rex.W != 0 { form.insert(.hasWideLengths) }
        builder.requireSSE()
        if builder.isMemory(1) {
            builder.emit(
                compareLoaded,
                memory: 1,
                bytes: 16,
                access: Access.read,
                destination: builder.vectorNumber(0),
                immediate: builder.control(2),
                extra: form.rawValue
            )
        } else {
            builder.emit(
                compareRegisters,
                destination: builder.vectorNumber(0),
                source: builder.vectorNumber(1),
                immediate: builder.control(2),
                extra: form.rawValue
            )
        }
    }

    /// What distinguishes the four: in ``OperationRecord/extra``.
    fileprivate struct Form: OptionSet {
        let rawValue: Int64
        /// The result is an index in ECX, not a mask in XMM0.
        static let givesIndex = Form(rawValue: 1)
        /// Strings have lengths of their own, in place of a zero at the end.
        static let hasLengths = Form(rawValue: 2)
        static let hasWideLengths = Form(rawValue: 4)
    }
}

private let compareRegisters: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.compareStrings(operation, cpu.xmm(operation.source))
    next(cpu, operation)
}

private let compareLoaded: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, Vector128.self) else { return miss(cpu, operation) }
    cpu.compareStrings(operation, entry.load(address))
    next(cpu, operation)
}

extension CPU {
    @inline(never)
    fileprivate func compareStrings(_ operation: Operation, _ right: Vector128) {
        let form = StringComparisons.Form(rawValue: operation.extra)
        let left = xmm(operation.destination)
        let control = UInt8(truncatingIfNeeded: operation.immediate)
        let bytes = form.contains(.hasWideLengths) ? 8 : 4
        let result =
            form.contains(.hasLengths)
            ? StringComparison(
                left,
                length: signed(RegisterOffset.general(0), bytes: bytes),
                right,
                length: signed(RegisterOffset.general(2), bytes: bytes),
                control
            ) : StringComparison(left, right, control)
        setArithmeticFlags(
            (result.carry ? Flag.carry : 0) | (result.zero ? Flag.zero : 0) | (result.sign ? Flag.sign : 0)
                | (result.overflow ? Flag.overflow : 0)
        )
        if form.contains(.givesIndex) {
            setRegister(RegisterOffset.general(1), UInt64(result.index))
        } else {
            setXMM(0, result.mask)
        }
    }
}
