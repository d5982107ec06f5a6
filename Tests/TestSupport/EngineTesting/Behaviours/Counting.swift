import Engine
import Testing
import X86

/// Engines that count instructions, and runs that end at a count.
extension EngineBehaviours {
    static let counting: [any EngineBehaviour] = [
        EveryInstructionCountsOnce(), ABoundedRunEndsAtItsCount(), AnExitComesBeforeALaterCount(),
        EachTurnOfAStringCounts(), AnExceptionCountsWithItsInstruction(), ABoundedRunCanBeKicked(),
    ]
}

extension Processor where Self: ~Copyable {
    /// How many instructions it has executed since a count.
    fileprivate func executed(since start: UInt64) throws -> UInt64 {
        try #require(instructionsRetired) - start
    }

    /// The count now; goes on only on an engine that counts.
    fileprivate func requireCount() throws(HostLack) -> UInt64 {
        guard let instructionsRetired else { throw HostLack("this engine does not count instructions") }
        return instructionsRetired
    }
}

/// Ten times `inc ax`, a byte each, and HLT.
private let increments = [UInt8](repeating: 0x40, count: 10) + [0xF4]

struct EveryInstructionCountsOnce: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        // mov cx, 1000; here: nop; loop here; in al, 0x10; out 0x10, al; hlt
        var machine = try TinyMachine<P>([0xB9, 0xE8, 0x03, 0x90, 0xE2, 0xFD, 0xE4, 0x10, 0xE6, 0x10, 0xF4])
        let start = try machine.processor.requireCount()
        #expect(try machine.run() == .portRead(Port(0x10), .byte))
        #expect(try machine.processor.executed(since: start) == 2001)
        machine.processor.answer(1)
        try machine.processor.completePendingAccess()
        #expect(try machine.processor.executed(since: start) == 2002)
        #expect(try machine.run() == .portWrite(Port(0x10), .byte, value: 1))
        #expect(try machine.run() == .halt)
        #expect(try machine.processor.executed(since: start) == 2004)
    }
}

struct ABoundedRunEndsAtItsCount: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for count: UInt64 in 0...10 {
            var machine = try TinyMachine<P>(increments)
            let start = try machine.processor.requireCount()
            #expect(try machine.processor.run(upTo: start + count) == nil)
            let state = try machine.state()
            #expect(state[.rax] == count)
            #expect(state.rip == UInt64(TinyLayout.start) + count)
            #expect(try machine.processor.executed(since: start) == count)
        }
    }
}

struct AnExitComesBeforeALaterCount: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>(increments)
        let start = try machine.processor.requireCount()
        #expect(try machine.processor.run(upTo: start + 100) == .halt)
        #expect(try machine.processor.executed(since: start) == 11)
    }
}

struct EachTurnOfAStringCounts: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for turns: UInt64 in 0...5 {
            var machine = try TinyMachine<P>([0xF3, 0xAA, 0xF4]) {  // rep stosb; hlt
                $0[.rcx] = 5
                $0[.rdi] = 0x5000
            }
            let start = try machine.processor.requireCount()
            #expect(try machine.processor.run(upTo: start + turns) == nil)
            let state = try machine.state()
            #expect(state[.rcx] == 5 - turns)
            #expect(state[.rdi] == 0x5000 + turns)
        }
    }
}

struct AnExceptionCountsWithItsInstruction: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0x31, 0xC9, 0xF7, 0xF1])  // xor cx, cx; div cx
        let start = try machine.processor.requireCount()
        #expect(try machine.processor.run(upTo: start + 2) == nil)
        let state = try machine.state()
        #expect(state.rip == TinyLayout.handler)
        #expect(state[.rsp] == TinyLayout.stack - 6)
    }
}

struct ABoundedRunCanBeKicked: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xEB, 0xFE])  // jmp to itself
        let start = try machine.processor.requireCount()
        machine.processor.kicker.kick()
        #expect(try machine.processor.run(upTo: start + 5) == .kicked)
        #expect(try machine.processor.run(upTo: start + 5) == nil)
        #expect(try machine.processor.executed(since: start) == 5)
    }
}
