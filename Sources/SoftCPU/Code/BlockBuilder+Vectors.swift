internal import CZydis

extension BlockBuilder {
    /// Whether an operand is an MMX register.
    func isMMX(_ index: Int) -> Bool {
        isRegister(index) && ZydisRegisterGetClass(register(index)) == ZYDIS_REGCLASS_MMX
    }

    /// Whether an operand is an XMM register.
    func isXMM(_ index: Int) -> Bool {
        isRegister(index) && ZydisRegisterGetClass(register(index)) == ZYDIS_REGCLASS_XMM
    }

    /// The number of a vector register within its class.
    func vectorNumber(_ index: Int) -> UInt8 { UInt8(registerNumber(index)) }

    /// An immediate operand of a byte, 0 where there is none.
    func control(_ index: Int) -> Int64 { isImmediate(index) ? immediate(index) & 0xFF : 0 }

    /// Goes in front of every instruction that uses XMM registers or MXCSR: faults where control registers forbid it.
    mutating func requireSSE() {
        if mode.contains(.noSSE) { emit(sseUnavailable) }
    }

    /// Goes in front of every instruction that uses MMX registers and no XMM register.
    mutating func requireMMX() {
        if mode.contains(.noFloat) { emit(mmxUnavailable) }
    }

    /// Goes in front of an instruction with these operands: SSE if one of them is an XMM register.
    mutating func requireVectors() {
        if isXMM(0) || isXMM(1) { requireSSE() } else { requireMMX() }
        waitBeforeAddress()
    }

    /// Goes in front of what forms an address and may fault, where a pending x87 exception is reported before: the instruction has an
    /// MMX register.
    mutating func waitBeforeAddress() {
        let hasMMX = isMMX(0) || isMMX(1)
        if hasMMX, isMemory(0) || isMemory(1), !mode.contains(.long) { emit(checkPending) }
    }

    /// Writes an instruction whose destination is a vector register and whose source is a register of the same kind, memory
    /// or an immediate.
    mutating func emitVector(_ forms: VectorForms) {
        requireVectors()
        emitOperands(forms)
    }

    /// The same without what goes in front.
    mutating func emitOperands(_ forms: VectorForms) {
        let destination = vectorNumber(0)
        if isMemory(1) {
            emit(
                forms.memory,
                memory: 1,
                bytes: bytes(1),
                access: Access.read,
                destination: destination,
                immediate: control(2)
            )
        } else if isImmediate(1) {
            emit(forms.immediate, destination: destination, immediate: control(1))
        } else {
            emit(forms.register, destination: destination, source: vectorNumber(1), immediate: control(2))
        }
    }
}

/// The handlers of an instruction on vector registers.
struct VectorForms: Sendable {
    /// The source is a register.
    var register: Handler
    /// The source is in memory.
    var memory: Handler
    /// The source is an immediate.
    var immediate: Handler = invalidOpcodeHandler
}

extension InstructionTable {
    /// Enters an instruction on XMM registers.
    mutating func enter(_ mnemonic: ZydisMnemonic, _ register: @escaping Handler, _ memory: @escaping Handler) {
        let forms = VectorForms(register: register, memory: memory)
        self[mnemonic] = { $0.emitVector(forms) }
    }

    /// Enters an instruction on XMM and on MMX registers.
    mutating func enter(_ mnemonic: ZydisMnemonic, _ xmm: VectorForms, _ mmx: VectorForms) {
        self[mnemonic] = { $0.emitVector($0.isMMX(0) ? mmx : xmm) }
    }

    /// Enters an instruction on XMM and on MMX registers.
    mutating func enter(
        _ mnemonic: ZydisMnemonic,
        _ register: @escaping Handler,
        _ memory: @escaping Handler,
        mmx half: @escaping Handler,
        _ halfMemory: @escaping Handler
    ) {
        enter(
            mnemonic,
            VectorForms(register: register, memory: memory),
            VectorForms(register: half, memory: halfMemory)
        )
    }
}

/// Faults as an SSE instruction does where it is not available (Intel SDM vol. 3, 14.1).
private let sseUnavailable: Handler = {
    attempt($0, $1) { cpu, _ throws(Fault) in
        guard cpu.state.cr0 & CR0.emulation == 0, cpu.state.cr4 & CR4.fxsave != 0 else { throw .invalidOpcode }
        throw .deviceNotAvailable
    }
}

/// Faults as an MMX instruction does where it is not available (Intel SDM vol. 3, 13.1).
private let mmxUnavailable: Handler = { attempt($0, $1) { cpu, _ throws(Fault) in try cpu.requireMMX() } }

/// Goes in front of what may fault in an instruction that waits for x87 exceptions.
let checkPending: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    next(cpu, operation)
}
