import Engine
import Testing
import X86

/// Repeated INS and OUTS. Hosts differ in how many elements one exit covers, but traces must not.
extension EngineBehaviours {
    static let strings: [any EngineBehaviour] = [
        RepeatedOutputComesElementByElement(), RepeatedInputIsAnsweredElementByElement(),
        AnInstructionIsNotFinishedBeforeItsLastElementIsAnswered(), InTheMiddleOfAStringNoInterruptIsTaken(),
    ]
}

struct RepeatedOutputComesElementByElement: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let cases: [([UInt8], AccessSize, [UInt32])] = [
            ([0xF3, 0x6E], .byte, [0x11, 0x22, 0x33]),  // rep outsb
            ([0xF3, 0x6F], .word, [0x2211, 0x4433, 0x6655]),  // rep outsw
            ([0x66, 0xF3, 0x6F], .doubleword, [0x4433_2211, 0x8877_6655, 0xCCBB_AA99]),  // rep outsd
        ]
        for (code, size, values) in cases {
            var machine = try TinyMachine<P>(code + [0xF4]) {
                $0[.rcx] = 3
                $0[.rdx] = 0x80
                $0[.rsi] = 0x5000
            }
            try machine.write(
                [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC],
                at: 0x5000
            )
            for value in values { #expect(try machine.run() == .portWrite(Port(0x80), size, value: value)) }
            let isInsideInstruction = machine.isInsideInstruction
            #expect(!isInsideInstruction, "\(code)")
            #expect(try machine.run() == .halt, "\(code)")
            let state = try machine.state()
            #expect(state[.rcx] == 0, "\(code)")
            #expect(state[.rsi] == 0x5000 + 3 * UInt64(size.byteCount), "\(code)")
        }
    }
}

struct RepeatedInputIsAnsweredElementByElement: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let cases: [([UInt8], AccessSize, [UInt8])] = [
            ([0xF3, 0x6C], .byte, [1, 2, 3, 0, 0, 0]),  // rep insb
            ([0xF3, 0x6D], .word, [1, 0xA1, 2, 0xA2, 3, 0xA3]),  // rep insw
        ]
        for (code, size, bytes) in cases {
            var machine = try TinyMachine<P>(code + [0xF4]) {
                $0[.rcx] = 3
                $0[.rdx] = 0x80
                $0[.rdi] = 0x5000
            }
            for value: UInt64 in [0xA101, 0xA202, 0xA303] {
                #expect(try machine.run() == .portRead(Port(0x80), size), "\(code)")
                machine.processor.answer(value)
            }
            #expect(try machine.run() == .halt, "\(code)")
            #expect(try machine.read(at: 0x5000, 6) == bytes, "\(code)")
        }
    }
}

/// What counts is that no element is lost.
struct AnInstructionIsNotFinishedBeforeItsLastElementIsAnswered: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xF3, 0x6C, 0xF4]) {  // rep insb; hlt
            $0[.rcx] = 3
            $0[.rdx] = 0x80
            $0[.rdi] = 0x5000
        }
        for value: UInt64 in 1...3 {
            #expect(try machine.run() == .portRead(Port(0x80), .byte))
            machine.processor.answer(value)
            let hasMore = machine.isInsideInstruction
            let isFinished = (try? machine.processor.completePendingAccess()) != nil
            #expect(isFinished != hasMore)
        }
        #expect(try machine.run() == .halt)
        #expect(try machine.read(at: 0x5000, 3) == [1, 2, 3])
    }
}

struct InTheMiddleOfAStringNoInterruptIsTaken: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([
            0xFB,  // sti
            0x90,  // nop
            0xF3, 0x6C,  // rep insb
            0xF4,  // hlt
        ]) { $0[.rcx] = 5 }
        machine.processor.keepStringsWhole()
        for _ in 0..<5 {
            #expect(try machine.run() == .portRead(Port(0), .byte))
            let isAmongElements = machine.isInsideInstruction && machine.canTakeInterrupt
            #expect(!isAmongElements)
        }
        #expect(try machine.run() == .halt)
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(canTakeInterrupt)
    }
}
