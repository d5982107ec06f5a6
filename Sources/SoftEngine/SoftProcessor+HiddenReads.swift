public import Engine
internal import GuestMemory
package import SoftCPU
internal import X86

extension SoftProcessor {
    /// Returns the hidden read for a port write if the write is the OUT of patched code. That OUT has already finished.
    mutating func trap(_ exit: Exit) -> Exit? {
        guard let trapBasePort, held == nil, let port = TrapCode.port(of: exit, basePort: trapBasePort) else {
            return nil
        }
        let state = cpu.executionState
        guard let code = TrapCode(before: state.rip, port: port, basePort: trapBasePort, state, memory) else {
            return nil
        }
        access = .trap(code)
        return .hiddenRead(code.instruction)
    }

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
        let rip = cpu.instructionPointer &+ UInt64(code.length) &- TrapCode.outLength
        cpu.instructionPointer = cpu.executionState.mode.wrapped(rip)
        var registers = cpu
        code.execute(on: &registers, value: value, auxiliary: auxiliary, succeeded: succeeded)
    }
}

extension SoftCPU: GeneralRegisterFile {
    package var rflags: UInt64 {
        get { flags }
        set { flags = newValue }
    }
}
