public import Engine
internal import GuestMemory
internal import SoftCPU
internal import X86

extension SoftProcessor {
    /// Returns the hidden read for a port write if the write is the OUT of patched code. That OUT has already finished.
    ///
    /// The port alone does not prove this, because the guest may also write to it through DX. The bytes of the
    /// instruction do.
    mutating func trap(_ exit: Exit) -> Exit? {
        guard let trapBasePort, case .portWrite(let port, .byte, _) = exit, held == nil,
            port.rawValue >= UInt16(trapBasePort), port.rawValue - UInt16(trapBasePort) < UInt16(TrapCode.portCount)
        else { return nil }
        let state = cpu.executionState
        let start = state.mode.wrapped(state.rip &- Self.outLength)
        let bytes = memory.read(state.instructionAddress(at: start), count: TrapCode.maximumLength, in: state)
        guard let code = TrapCode(bytes, basePort: trapBasePort),
            code.bytes(basePort: trapBasePort)[1] == UInt8(truncatingIfNeeded: port.rawValue)
        else { return nil }
        access = .trap(code)
        return .hiddenRead(code.instruction)
    }

    /// The number of bytes in `OUT imm8, AL`.
    private static var outLength: UInt64 { 2 }

    /// Answers the pending hidden read. See ``Processor/answerHiddenRead(value:auxiliary:succeeded:)``.
    public mutating func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) throws(EngineError) {
        switch access {
        case .hiddenRead:
            cpu.answerHiddenRead(value: succeeded ? value : 0, auxiliary: auxiliary, succeeded: succeeded)
            access = .answered
        case .trap(let code):
            complete(code, value: value, auxiliary: auxiliary, succeeded: succeeded)
            access = .none
        default: break
        }
    }

    /// Does what the instruction behind the patch would have done.
    private func complete(_ code: TrapCode, value: UInt64, auxiliary: UInt32, succeeded: Bool) {
        let rip = cpu.instructionPointer &+ UInt64(code.length) &- Self.outLength
        cpu.instructionPointer = cpu.executionState.mode.wrapped(rip)
        switch code.instruction {
        case .rdtsc, .rdpmc, .rdtscp:
            cpu[.rax] = value & 0xFFFF_FFFF
            cpu[.rdx] = value >> 32
            if code.instruction == .rdtscp { cpu[.rcx] = UInt64(auxiliary) }
        case .rdpid: cpu[code.destination] = UInt64(auxiliary)
        case .rdrand, .rdseed:
            // A 32-bit write clears the upper half, and a 16-bit write keeps the rest.
            let kept = code.size == .word ? cpu[code.destination] & ~AccessSize.word.mask : 0
            cpu[code.destination] = kept | (succeeded ? value : 0) & code.size.mask
            // CF says whether there was a number. PF, AF, ZF, SF and OF are cleared (Intel SDM vol. 2).
            cpu.flags = cpu.flags & ~0x8D5 | (succeeded ? 1 : 0)
        }
    }
}
