internal import CZydis

/// CLC, STC, CMC, CLD, STD, CLI, STI, LAHF, SAHF, CLAC, STAC.
enum FlagInstructions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_CLC] = { $0.emit(clearCarry) }
        table[ZYDIS_MNEMONIC_STC] = { $0.emit(setCarry) }
        table[ZYDIS_MNEMONIC_CMC] = { $0.emit(complementCarry) }
        table[ZYDIS_MNEMONIC_CLD] = { $0.emit(clearDirection) }
        table[ZYDIS_MNEMONIC_STD] = { $0.emit(setDirection) }
        table[ZYDIS_MNEMONIC_LAHF] = { $0.emit(loadFlags) }
        table[ZYDIS_MNEMONIC_SAHF] = { $0.emit(storeFlags) }
        table[ZYDIS_MNEMONIC_CLI] = {
            $0.emit(clearInterrupts)
            $0.finish()
        }
        table[ZYDIS_MNEMONIC_STI] = {
            $0.emit(setInterrupts)
            $0.finish()
        }
        table[ZYDIS_MNEMONIC_CLAC] = {
            $0.emit(setAccess, immediate: 0)
            $0.finish()
        }
        table[ZYDIS_MNEMONIC_STAC] = {
            $0.emit(setAccess, immediate: 1)
            $0.finish()
        }
    }
}

private let clearCarry: Handler = { state, operation in
    CPU(state).setCarry(false)
    next(CPU(state), Operation(operation))
}
private let setCarry: Handler = { state, operation in
    CPU(state).setCarry(true)
    next(CPU(state), Operation(operation))
}
private let complementCarry: Handler = { state, operation in
    CPU(state).setCarry(!CPU(state).carry)
    next(CPU(state), Operation(operation))
}
private let clearDirection: Handler = { state, operation in
    CPU(state).state.otherFlags &= ~Flag.direction
    next(CPU(state), Operation(operation))
}
private let setDirection: Handler = { state, operation in
    CPU(state).state.otherFlags |= Flag.direction
    next(CPU(state), Operation(operation))
}
private let loadFlags: Handler = { state, operation in
    let cpu = CPU(state)
    let flags = cpu.flags & (Flag.arithmetic & ~Flag.overflow) | Flag.fixed
    cpu.setRegister(RegisterOffset.high(0), UInt8(flags))
    next(cpu, Operation(operation))
}
private let storeFlags: Handler = { state, operation in
    let cpu = CPU(state)
    let value = UInt64(cpu.register(RegisterOffset.high(0), UInt8.self)) & (Flag.arithmetic & ~Flag.overflow)
    cpu.setArithmeticFlags(value | (cpu.overflow ? Flag.overflow : 0))
    next(cpu, Operation(operation))
}

private let clearInterrupts: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        switch try cpu.interruptFlagRight() {
        case .real: cpu.state.otherFlags &= ~Flag.interrupt
        case .virtual: cpu.state.otherFlags &= ~Flag.virtualInterrupt
        }
    }
}

private let setInterrupts: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        switch try cpu.interruptFlagRight() {
        case .real:
            if cpu.state.otherFlags & Flag.interrupt == 0 { cpu.state.shadow = 2 }
            cpu.state.otherFlags |= Flag.interrupt
        case .virtual:
            guard cpu.state.otherFlags & Flag.virtualInterruptPending == 0 else { throw .protection() }
            cpu.state.otherFlags |= Flag.virtualInterrupt
        }
    }
}

private let setAccess: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        guard cpu.state.privilege == 0, !cpu.isVirtual8086 else { throw .invalidOpcode }
        if operation.immediate == 0 {
            cpu.state.otherFlags &= ~Flag.alignmentCheck
        } else {
            cpu.state.otherFlags |= Flag.alignmentCheck
        }
        cpu.updateMode()
    }
}

/// Which flag CLI and STI change.
enum InterruptFlagKind { case real, virtual }

extension CPU {
    /// Whether the privilege lets IF be changed (Intel SDM vol. 2, CLI).
    func interruptFlagRight() throws(Fault) -> InterruptFlagKind {
        guard isProtected else { return .real }
        if inputOutputPrivilege >= UInt64(state.privilege) { return .real }
        if isVirtual8086 {
            if state.cr4 & CR4.virtual8086 != 0 { return .virtual }
        } else if state.privilege == 3, state.cr4 & CR4.protectedVirtual != 0 {
            return .virtual
        }
        throw .protection()
    }
}
