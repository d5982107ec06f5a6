import Engine
import Testing
import X86

extension EngineBehaviours {
    static let portAccesses: [any EngineBehaviour] = [
        PortWriteSaysPortSizeAndValue(), PortReadTakesAsManyBytesOfTheAnswerAsItHas(),
        AReadStandsAtItsInstruction(),
    ]
}

struct PortWriteSaysPortSizeAndValue: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let cases: [([UInt8], Exit)] = [
            ([0xE6, 0x10], .portWrite(Port(0x10), .byte, value: 0x44)),  // out 0x10, al
            ([0xE7, 0x10], .portWrite(Port(0x10), .word, value: 0x3344)),  // out 0x10, ax
            ([0x66, 0xE7, 0x10], .portWrite(Port(0x10), .doubleword, value: 0x1122_3344)),  // out 0x10, eax
            ([0xEE], .portWrite(Port(0xFFFF), .byte, value: 0x44)),  // out dx, al
        ]
        for (code, exit) in cases {
            var machine = try TinyMachine<P>(code + [0xF4]) {
                $0[.rax] = 0x1122_3344
                $0[.rdx] = 0xFFFF
            }
            #expect(try machine.run() == exit, "\(code)")
            #expect(try machine.run() == .halt, "\(code)")
        }
    }
}

struct PortReadTakesAsManyBytesOfTheAnswerAsItHas: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let cases: [([UInt8], Exit, UInt64)] = [
            ([0xE4, 0x10], .portRead(Port(0x10), .byte), 0xFFFF_FF88),  // in al, 0x10
            ([0xE5, 0x10], .portRead(Port(0x10), .word), 0xFFFF_7788),  // in ax, 0x10
            ([0x66, 0xE5, 0x10], .portRead(Port(0x10), .doubleword), 0x5566_7788),  // in eax, 0x10
        ]
        for (code, exit, result) in cases {
            var machine = try TinyMachine<P>(code + [0xF4]) { $0[.rax] = 0xFFFF_FFFF }
            #expect(try machine.run() == exit, "\(code)")
            machine.processor.answer(0x1234_5678_5566_7788)
            let state = try machine.state()
            #expect(state[.rax] == result, "\(code)")
            #expect(state.rip == UInt64(TinyLayout.start) + UInt64(code.count), "\(code)")
            #expect(try machine.run() == .halt, "\(code)")
        }
    }
}

/// By its own RIP and linear address, until it is completed.
struct AReadStandsAtItsInstruction: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0x90, 0xE4, 0x10, 0xF4]) {  // nop; in al, 0x10; hlt
            $0.segments.cs.base = 0x800
            $0.segments.cs.selector = 0x80
            $0.rip = UInt64(TinyLayout.start) - 0x800
        }
        #expect(try machine.run() == .portRead(Port(0x10), .byte))
        let rip = machine.processor.exitRIP
        let address = try machine.processor.exitAddress()
        #expect(rip == UInt64(TinyLayout.start) - 0x800 + 1)
        #expect(address == GuestVirtualAddress(UInt64(TinyLayout.start) + 1))
    }
}
