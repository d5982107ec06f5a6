import Engine
import Testing
import X86

extension EngineBehaviours {
    static let modelSpecificRegisters: [any EngineBehaviour] = [
        ATrappedRegisterCanBeAnswered(), ATrappedRegisterCanBeWritten(), ARefusedRegisterRaisesAFault(),
        NoInterruptComesBeforeTheFaultOfARefusedRegister(), RegistersThatAreNotKeptTrap(),
    ]
}

struct ATrappedRegisterCanBeAnswered: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0x0F, 0x32, 0xF4]) { $0[.rcx] = 0x10 }  // rdmsr
        #expect(try machine.run() == .readMSR(0x10))
        machine.processor.answer(0x1122_3344_5566_7788)
        let state = try machine.state()
        #expect(state[.rax] == 0x5566_7788)
        #expect(state[.rdx] == 0x1122_3344)
    }
}

struct ATrappedRegisterCanBeWritten: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0x0F, 0x30, 0xF4]) {  // wrmsr
            $0[.rcx] = 0x10
            $0[.rax] = 0x5566_7788
            $0[.rdx] = 0x1122_3344
        }
        #expect(try machine.run() == .writeMSR(0x10, value: 0x1122_3344_5566_7788))
        #expect(try machine.run() == .halt)
    }
}

struct ARefusedRegisterRaisesAFault: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for instruction: UInt8 in [0x32, 0x30] {  // rdmsr, wrmsr
            var machine = try TinyMachine<P>([0x0F, instruction, 0xF4]) { $0[.rcx] = 0x10 }
            _ = try machine.run()
            machine.processor.refuse()
            #expect(try machine.run() == .portWrite(TinyLayout.handlerPort, .byte, value: 0), "\(instruction)")
        }
    }
}

struct NoInterruptComesBeforeTheFaultOfARefusedRegister: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for instruction: UInt8 in [0x32, 0x30] {  // rdmsr, wrmsr
            var machine = try TinyMachine<P>([0x0F, instruction, 0xF4]) {
                $0[.rcx] = 0x10
                $0.rflags |= 1 << 9  // IF
            }
            _ = try machine.run()
            let before = [machine.processor.canTakeInterrupt, try machine.processor.canTakeNonMaskable()]

            machine.processor.refuse()

            let after = [machine.processor.canTakeInterrupt, try machine.processor.canTakeNonMaskable()]
            #expect(before == [true, true], "\(instruction)")
            #expect(after == [false, false], "\(instruction)")
            #expect(try machine.run() == .portWrite(TinyLayout.handlerPort, .byte, value: 0), "\(instruction)")
        }
    }
}

/// What a guest reads is in the state or in the trace: IA32_STAR here, and IA32_LSTAR.
struct RegistersThatAreNotKeptTrap: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>(
            [
                0x0F, 0x32,  // rdmsr
                0x66, 0x41,  // inc ecx
                0x0F, 0x32,  // rdmsr
                0xF4,  // hlt
            ],
            modelSpecificRegisters: [0xC000_0081]
        ) {
            $0[.rcx] = 0xC000_0081
            $0.modelSpecific = [0xC000_0081: 0x1122_3344_5566_7788]
        }
        let isKept = machine.processor.keeps(modelSpecific: 0xC000_0081)
        #expect(isKept)
        #expect(try machine.run() == .readMSR(0xC000_0082))
        machine.processor.answer(5)
        let state = try machine.state()
        #expect(state[.rax] == 5)
        #expect(state.modelSpecific == [0xC000_0081: 0x1122_3344_5566_7788])
    }
}
