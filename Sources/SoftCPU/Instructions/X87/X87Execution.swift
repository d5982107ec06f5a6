internal import X86

/// Executes an instruction of x87 that may use the unit: its body computes and stores, and finds exceptions.
@inline(__always)
func executeX87(_ state: UInt, _ operation: UInt, _ body: (CPU, Operation, inout FloatEnvironment) -> Void) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    var environment = cpu.beginX87()
    body(cpu, operation, &environment)
    cpu.finishX87(operation, environment, address: cpu.state.linear)
    next(cpu, operation)
}

extension FloatFlags {
    /// An empty register was to be read, or one in use to be pushed over.
    static let stackUnderflow: FloatFlags = [.invalid, .stackFault]
    static let stackOverflow: FloatFlags = [.invalid, .stackFault, .roundedUp]
}

extension CPU {
    /// What the control word says.
    @inline(__always)
    var x87Environment: FloatEnvironment {
        FloatEnvironment(controlWord: state.vector.controlWord, quirks: state.quirks)
    }

    /// Clears C1, which every instruction sets anew; gives what the control word says.
    @inline(__always)
    func beginX87() -> FloatEnvironment {
        state.vector.setConditions(0, of: X87Status.c1)
        return x87Environment
    }

    /// Takes exceptions over into the status word, and remembers the instruction.
    ///
    /// - Parameter address: the linear address of the memory operand, if there is one.
    @inline(__always)
    func finishX87(_ operation: Operation, _ environment: FloatEnvironment, address: UInt64) {
        state.vector.lastIP = (state.blockIP &+ UInt64(operation.offset)) & state.mode.ipMask
        if !environment.raised.isEmpty {
            state.vector.setStatus(state.vector.statusWord | environment.statusFlags)
        }
        if environment.isUnmasked || !has(.pointersOfErrors) { rememberX87(X87Form(operation), address: address) }
        settleX87Pointers()
    }

    /// Remembers opcode and operand of an instruction.
    private func rememberX87(_ form: X87Form, address: UInt64) {
        state.vector.lastOpcode = form.opcode
        guard form.segment >= 0 else { return }
        if !state.mode.contains(.long) {
            state.vector.lastData = (address &- state.segments[form.segment].base) & 0xFFFF_FFFF
        } else {
            let isBased = form.segment >= SegmentNumber.fs
            state.vector.lastData = isBased ? address &- state.segments[form.segment].base : address
        }
    }

    /// The source of an instruction, if no register that it needs is empty.
    @inline(__always)
    func x87Source(_ operation: Operation) -> (value: SoftExtended, isDenormal: Bool) {
        let bits = state.temporary
        switch X87Form(operation).source {
        case .register: return (state.vector[st: Int(operation.source)], false)
        case .single: return SoftExtended.widened(SoftSingle(bits: UInt32(truncatingIfNeeded: bits)))
        case .double: return SoftExtended.widened(SoftDouble(bits: bits))
        case .int16: return (SoftExtended(Int64(Int16(truncatingIfNeeded: bits))), false)
        case .int32: return (SoftExtended(Int64(Int32(truncatingIfNeeded: bits))), false)
        case .int64: return (SoftExtended(Int64(bitPattern: bits)), false)
        }
    }

    /// Whether the registers that an instruction computes with are in use: its destination, and its source if that is one.
    @inline(__always)
    func hasX87Operands(_ operation: Operation) -> Bool {
        guard state.vector.isUsed(Int(operation.destination)) else { return false }
        return X87Form(operation).source != .register || state.vector.isUsed(Int(operation.source))
    }
}

extension SoftExtended {
    /// A number of another format, whose NaNs stay as they are; whether it was denormal, which it is no more.
    @inline(__always)
    static func widened<From: FloatFormat>(_ number: From) -> (value: SoftExtended, isDenormal: Bool) {
        let parts = number.unpacked(FloatEnvironment(controlWord: 0x37F))
        let field =
            switch parts.kind {
            case .zero: 0
            case .finite: parts.exponent + maximumExponent
            default: topField
            }
        return (
            SoftExtended(isNegative: parts.isNegative, field: field, significand: parts.significand), parts.isDenormal
        )
    }

    /// An integer, which always fits.
    @inline(__always)
    init(_ integer: Int64) {
        var environment = FloatEnvironment(controlWord: 0x37F)
        self = .converted(integer, &environment)
    }
}
