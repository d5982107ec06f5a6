import Engine
import Testing
import X86

extension EngineBehaviours {
    static let stepping: [any EngineBehaviour] = [
        AStepExecutesOneInstruction(), AStepIntoAnAccessComesToItsExit(),
        AStepOverWhatAHostMayHaveCompletedLeavesTheRegistersBehindIt(), TheFlagsThatAreStoredAreItsOwn(),
        AnExceptionIsFoundAndThenDelivered(), TheTimesOfAnInstructionAreStoppedAtOneByOne(),
        AnInstructionThatLeadsToItselfIsStoppedAtAgain(), ARunEndsAtThePlaceThatItStandsAt(),
    ]
}

struct AStepExecutesOneInstruction: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>([0xFF, 0xC0, 0xFF, 0xC0, 0xF4])  // inc eax; inc eax; hlt
        try machine.processor.requireStops(in: .ring0)
        for count: UInt64 in 1...2 {
            let exit = try machine.processor.step()
            let state = try machine.processor.state()
            #expect(exit == .debug)
            #expect(state[.rax] == count)
            #expect(state.rip == LongModeLayout.start + 2 * count)
        }
        try machine.processor.setBreakpoints([])
        let exit = try machine.processor.run()
        #expect(exit == .halt)
    }
}

struct AStepIntoAnAccessComesToItsExit: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>([0xE4, 0x10, 0xF4])  // in al, 0x10; hlt
        try machine.processor.requireStops(in: .ring0)
        let exit = try machine.processor.step()
        #expect(exit == .portRead(Port(0x10), .byte))
        try machine.processor.setBreakpoints([])
        machine.processor.answer(0x5A)
        try machine.processor.completePendingAccess()
        let state = try machine.processor.state()
        #expect(state[.rax] == 0x5A)
        #expect(state.rip == LongModeLayout.start + 2)
    }
}

struct AStepOverWhatAHostMayHaveCompletedLeavesTheRegistersBehindIt: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>([0x9B, 0xF4])  // fwait; hlt
        try machine.processor.requireStops(in: .ring0)
        let before = try machine.processor.state()

        let exit = try machine.processor.step()

        let registers = machine.processor.exitRegisters
        #expect(exit == .debug)
        #expect(registers == before.general + [LongModeLayout.start + 1, before.rflags])
    }
}

/// The guest does not see that it was stepped.
struct TheFlagsThatAreStoredAreItsOwn: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for code: [UInt8] in [[0x9C], [0xCD, 0x21], [0xCC], [0x0F, 0x0B]] {  // pushf; int 0x21; int3; ud2
            var machine = try TinyMachine<P>(code)
            try machine.processor.requireStops(in: .real)
            let stepping = try machine.processor.stepping()
            let outcome = try machine.processor.step(by: stepping)
            let state = try machine.state()
            let pushed = try machine.read(at: TinyLayout.stack - 2, 2)
            #expect(outcome == .done, "\(code)")
            #expect(pushed[1] & 1 == 0, "\(code)")
            #expect(state[.rsp] < TinyLayout.stack, "\(code)")
        }
    }
}

/// At once, or where it has to be found first.
struct AnExceptionIsFoundAndThenDelivered: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0x31, 0xC9, 0xF7, 0xF1])  // xor cx, cx; div cx
        try machine.processor.requireStops(in: .real)
        _ = try machine.processor.step(by: machine.processor.stepping())
        let before = try machine.state()
        let stepping = try machine.processor.stepping()
        var outcome = try machine.processor.step(by: stepping)
        if let handlers = outcome.handlers {
            try machine.processor.restore(before)
            outcome = try machine.processor.step(by: Stepping(before, deliveringTo: handlers))
        }
        let state = try machine.state()
        let pushed = try machine.read(at: TinyLayout.stack - 2, 2)
        #expect(outcome == .done)
        #expect(state.rip == TinyLayout.handler)
        #expect(pushed[1] & 1 == 0)
    }
}

struct TheTimesOfAnInstructionAreStoppedAtOneByOne: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        // mov ecx, 3; again: dec ecx; jnz again; hlt
        var machine = try LongModeMachine<P>([0xB9, 3, 0, 0, 0, 0xFF, 0xC9, 0x75, 0xFC, 0xF4])
        try machine.processor.requireStops(in: .ring0)
        var passes = Passes(of: CodePlace(longMode: LongModeLayout.start + 5))
        for count: UInt64 in [3, 2, 1] {
            let outcome = try machine.processor.run(toNextOf: &passes)
            let state = try machine.processor.state()
            #expect(outcome == .stopped)
            #expect(state[.rcx] == count)
        }
        let end = try machine.processor.run(toNextOf: &passes)
        #expect(end == .exit(.halt))
    }
}

struct AnInstructionThatLeadsToItselfIsStoppedAtAgain: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>([0x90, 0xEB, 0xFE])  // nop; jmp to itself
        try machine.processor.requireStops(in: .ring0)
        var passes = Passes(of: CodePlace(longMode: LongModeLayout.start + 1))
        let first = try machine.processor.run(toNextOf: &passes)
        let second = try machine.processor.run(toNextOf: &passes)
        #expect(first == .stopped)
        #expect(second == .turned)
    }
}

struct ARunEndsAtThePlaceThatItStandsAt: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>([0x90, 0xF4])  // nop; hlt
        try machine.processor.requireStops(in: .ring0)
        let places = [LongModeLayout.start, LongModeLayout.start + 1].map { CodePlace(longMode: $0) }
        let first = try machine.processor.run(to: places)
        let second = try machine.processor.run(to: [places[1]])
        let third = try machine.processor.run(to: [])
        #expect(first == .there)
        #expect(second == .there)
        #expect(third == .exit(.halt))
    }
}

extension CodePlace {
    /// In code whose segment begins at 0.
    fileprivate init(longMode rip: UInt64) { self.init(offset: rip, address: GuestVirtualAddress(rip)) }
}

extension StepOutcome {
    fileprivate var handlers: [CodePlace]? {
        if case .exception(let handlers) = self { handlers } else { nil }
    }
}
