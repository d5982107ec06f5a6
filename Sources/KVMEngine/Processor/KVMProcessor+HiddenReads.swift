public import Engine
internal import GuestMemory
internal import KVMCore
internal import X86

extension KVMProcessor {
    /// The hidden read that an exit stands for, if it is the OUT of patched code. That OUT is then complete.
    ///
    /// The port alone proves nothing, because the guest may also write to it through DX. The bytes of the instruction
    /// decide.
    mutating func hiddenRead(_ exit: Exit) throws(EngineError) -> Exit? {
        guard let trapBasePort, case .portWrite(let port, .byte, _) = exit, !isInsideInstruction,
            port.rawValue >= UInt16(trapBasePort), port.rawValue - UInt16(trapBasePort) < UInt16(TrapCode.portCount)
        else { return nil }
        // Until it is complete, hosts differ in whether RIP is at the instruction or after it.
        try completePendingAccess()
        guard let code = TrapCode(try codeBytes(before: exitRIP, Self.outLength), basePort: trapBasePort),
            code.matches(port: port.rawValue, basePort: trapBasePort)
        else { return nil }
        access = .hiddenRead(code)
        return .hiddenRead(code.instruction)
    }

    /// The length of `OUT imm8, AL` in bytes.
    private static let outLength: UInt64 = 2

    /// The bytes that begin this far before an instruction pointer, read through the guest's segments and paging.
    private mutating func codeBytes(before rip: UInt64, _ length: UInt64) throws(EngineError) -> [UInt8] {
        let state = try exitCodeState()
        // The pointer may have passed the end of a segment of 64 KiB or 4 GiB.
        let start = state.mode.wrapped(rip &- length)
        return memory.read(state.instructionAddress(at: start), count: TrapCode.maximumLength, in: state)
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
        var registers = vcpu.syncedRegisters
        let next = registers.rip &+ UInt64(code.length) &- Self.outLength
        // Only 64-bit code goes on beyond 4 GiB. Finding out which code it is costs a call, so this is done only there.
        let isPast4GiB = next >> 32 != registers.rip >> 32
        registers.rip = isPast4GiB ? try exitCodeState().mode.wrapped(next) : next
        switch code.instruction {
        case .rdtsc, .rdpmc, .rdtscp:
            registers.rax = value & 0xFFFF_FFFF
            registers.rdx = value >> 32
            if code.instruction == .rdtscp { registers.rcx = UInt64(auxiliary) }
        case .rdpid:
            registers.set(code.destination, .quadword, UInt64(auxiliary))
        case .rdrand, .rdseed:
            registers.set(code.destination, code.size, succeeded ? value : 0)
            registers.rflags &= ~Flag.arithmetic
            if succeeded { registers.rflags |= Flag.carry }
        }
        vcpu.syncedRegisters = registers
        // The registers reach the processor with the next run, or with the completion before the state is read.
        access = .write
    }

    private enum Flag {
        static let carry: UInt64 = 1 << 0
        /// CF, PF, AF, ZF, SF and OF, which RDRAND sets or clears (Intel SDM vol. 2).
        static let arithmetic: UInt64 = 0x8D5
    }
}

extension TrapCode {
    /// Whether the OUT of this code goes to a port.
    fileprivate func matches(port: UInt16, basePort: UInt8) -> Bool {
        bytes(basePort: basePort)[1] == UInt8(truncatingIfNeeded: port)
    }
}

extension Registers {
    /// Sets a register as an instruction with an operand of this size does: 32 bits clear the upper half, 16 bits keep
    /// the rest.
    fileprivate mutating func set(_ register: GeneralRegister, _ size: AccessSize, _ value: UInt64) {
        let kept = size == .word ? general[register.rawValue] & ~AccessSize.word.mask : 0
        general[register.rawValue] = kept | value & size.mask
    }
}
