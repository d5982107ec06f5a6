public import Engine
internal import GuestMemory
internal import KVMCore
internal import X86

extension KVMProcessor {
    /// The hidden read that an exit stands for, if it is the OUT of patched code. That OUT is then complete.
    mutating func hiddenRead(_ exit: Exit) throws(EngineError) -> Exit? {
        guard let trapBasePort, !isInsideInstruction, let port = TrapCode.port(of: exit, basePort: trapBasePort) else {
            return nil
        }
        // Until it is complete, hosts differ in whether RIP is at the instruction or after it.
        try completePendingAccess()
        let (rip, state) = (exitRIP, try exitCodeState())
        guard let code = TrapCode(before: rip, port: port, basePort: trapBasePort, state, memory) else { return nil }
        access = .hiddenRead(code)
        return .hiddenRead(code.instruction)
    }

    /// The part of the state at the last exit that says where code is and how it is decoded.
    private mutating func exitCodeState() throws(EngineError) -> ProcessorState {
        let special = try exitSpecialRegisters()
        var state = ProcessorState()
        state.control.cr0 = special.cr0
        state.control.cr3 = special.cr3
        state.control.cr4 = special.cr4
        state.control.efer = special.efer
        state.segments.cs = ProcessorState.Segment(special.cs)
        return state
    }

    /// Answers the pending hidden read; see ``Processor/answerHiddenRead(value:auxiliary:succeeded:)``.
    public mutating func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) throws(EngineError) {
        guard case .hiddenRead(let code) = access else { return }
        var registers = TrappedRegisters(values: vcpu.syncedRegisters)
        let next = registers.values.rip &+ UInt64(code.length) &- TrapCode.outLength
        // Only 64-bit code goes on beyond 4 GiB. Finding out which code it is costs a call, so this is done only there.
        let isPast4GiB = next >> 32 != registers.values.rip >> 32
        registers.values.rip = isPast4GiB ? try exitCodeState().mode.wrapped(next) : next
        code.execute(on: &registers, value: value, auxiliary: auxiliary, succeeded: succeeded)
        vcpu.syncedRegisters = registers.values
        // The registers reach the processor with the next run, or with the completion before the state is read.
        access = .write
    }
}

/// A vCPU's registers, as an instruction that reads hidden state changes them.
private struct TrappedRegisters: GeneralRegisterFile {
    var values: Registers

    subscript(_ register: GeneralRegister) -> UInt64 {
        get { values.general[register.rawValue] }
        set { values.general[register.rawValue] = newValue }
    }

    var rflags: UInt64 {
        get { values.rflags }
        set { values.rflags = newValue }
    }
}
