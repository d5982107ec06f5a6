import Engine
import GuestMemory
import Testing
import X86

/// Instructions that read hidden state: found, replaced, executed and answered, in 64-bit mode, in which all registers
/// and operand sizes can be used.
extension EngineBehaviours {
    static let hiddenReads: [any EngineBehaviour] = [
        EveryFormGivesTheGuestItsValue(), AFailedRandomNumberIsZeroWithoutCarry(),
        AWriteToTheSamePortByAnotherInstructionIsNoTrap(),
    ]
}

/// What the checks answer, and what registers and flags hold before.
private enum HiddenRead {
    static let value: UInt64 = 0x1122_3344_5566_7788
    static let before: UInt64 = 0xAAAA_AAAA_AAAA_AAAA
    /// CF, PF, AF, ZF, SF and OF.
    static let allFlags: UInt64 = 0x8D5

    static func patcher(_ encoded: EncodedRead) -> CodePatcher {
        let content = MemoryContent(
            address: GuestPhysicalAddress(LongModeLayout.start),
            bytes: encoded.bytes,
            code: [CodeRange(encoded.bytes.indices, .swept)]
        )
        return CodePatcher([content], trapping: Set(HiddenInstruction.allCases))
    }
}

struct EveryFormGivesTheGuestItsValue: EngineBehaviour {
    private static let taskState: UInt64 = 0x9000

    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for ring in [0, 3] { try check(on: engine, ring: ring) }
    }

    private func check<P: EngineProcessor & ~Copyable>(on engine: P.Type, ring: Int) throws {
        let base = HiddenRead.patcher(EncodedRead.all[0]).basePort
        var machine = try LongModeMachine<P>([0x90], trapBasePort: base) { if ring == 3 { Self.enterRing3(&$0) } }
        let memory = machine.processor.memory
        // Tables that ring 3 may use too, and the bitmap's place in the task state.
        for (table, entry): (UInt64, UInt8) in [(0x2000, 0x07), (0x3000, 0x07), (0x4000, 0x87)] {
            try memory.write([entry], at: GuestPhysicalAddress(table))
        }
        try memory.write([0x68, 0], at: GuestPhysicalAddress(Self.taskState + 0x66))
        var start = try machine.processor.state()
        for register in GeneralRegister.allCases { start[register] = HiddenRead.before }
        start.rflags |= 0x8D4

        for encoded in EncodedRead.all {
            let patcher = HiddenRead.patcher(encoded)
            try #require(patcher.basePort == base)
            try memory.write(patcher.contents[0].bytes, at: GuestPhysicalAddress(LongModeLayout.start))
            try machine.processor.restore(start)

            let exit = try machine.processor.run()
            try machine.processor.answerHiddenRead(value: HiddenRead.value, auxiliary: 7, succeeded: true)
            try machine.processor.completePendingAccess()
            let end = try machine.processor.state()

            #expect(exit == .hiddenRead(encoded.instruction), "ring \(ring): \(encoded)")
            #expect(end.rip == LongModeLayout.start + UInt64(encoded.bytes.count), "ring \(ring): \(encoded)")
            let changed = Self.result(of: encoded)
            for register in GeneralRegister.allCases {
                #expect(
                    end[register] == changed[register] ?? HiddenRead.before,
                    "ring \(ring): \(encoded) in \(register)"
                )
            }
            #expect(
                end.rflags & HiddenRead.allFlags == Self.flags(after: encoded.instruction),
                "ring \(ring): \(encoded)"
            )
        }
    }

    /// Ring 3 with a task state whose bitmap opens every port, because not every host lets an I/O privilege level of 3
    /// do so.
    private static func enterRing3(_ state: inout ProcessorState) {
        state.segments.cs = .init(limit: 0xFFFF_FFFF, selector: 0x33, accessRights: 0xA0FB)
        for data in [\ProcessorState.Segments.ds, \.es, \.fs, \.gs, \.ss] {
            state.segments[keyPath: data] = .init(limit: 0xFFFF_FFFF, selector: 0x2B, accessRights: 0xC0F3)
        }
        state.segments.tr = .init(base: taskState, limit: 0x2067, selector: 0x18, accessRights: 0x8B)
    }

    /// The registers that an instruction changes, with their new values (Intel SDM vol. 2).
    private static func result(of encoded: EncodedRead) -> [GeneralRegister: UInt64] {
        let value = HiddenRead.value
        let counter: [GeneralRegister: UInt64] = [.rax: value & 0xFFFF_FFFF, .rdx: value >> 32]
        switch encoded.instruction {
        case .rdtsc, .rdpmc: return counter
        case .rdtscp: return counter.merging([.rcx: 7]) { $1 }
        case .rdpid: return [encoded.destination: 7]
        case .rdrand, .rdseed:
            let kept = encoded.size == .word ? HiddenRead.before & ~0xFFFF : 0
            return [encoded.destination: kept | value & encoded.size.mask]
        }
    }

    /// A random number sets the carry flag and clears the other flags; the other instructions change none.
    private static func flags(after instruction: HiddenInstruction) -> UInt64 {
        switch instruction {
        case .rdrand, .rdseed: 1
        case .rdtsc, .rdpmc, .rdtscp, .rdpid: 0x8D4
        }
    }
}

struct AFailedRandomNumberIsZeroWithoutCarry: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let encoded = try #require(EncodedRead.all.first { $0.instruction == .rdseed && $0.size == .quadword })
        let patcher = HiddenRead.patcher(encoded)
        let code = patcher.contents[0].bytes + [0xF4]
        var machine = try LongModeMachine<P>(code, trapBasePort: patcher.basePort) { state in
            state[encoded.destination] = HiddenRead.before
            state.rflags |= HiddenRead.allFlags
        }
        let exit = try machine.processor.run()
        try machine.processor.answerHiddenRead(value: HiddenRead.value, auxiliary: 7, succeeded: false)
        try machine.processor.completePendingAccess()
        let state = try machine.processor.state()
        let next = try machine.processor.run()
        #expect(exit == .hiddenRead(.rdseed))
        #expect(state[encoded.destination] == 0)
        #expect(state.rflags & HiddenRead.allFlags == 0)
        #expect(next == .halt)
    }
}

struct AWriteToTheSamePortByAnotherInstructionIsNoTrap: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>([0xEE, 0xF4], trapBasePort: 0xE4) {  // out dx, al; hlt
            $0[.rdx] = 0xE4
            $0[.rax] = 0x5A
        }
        let exit = try machine.processor.run()
        #expect(exit == .portWrite(Port(0xE4), .byte, value: 0x5A))
        let next = try machine.processor.run()
        #expect(next == .halt)
    }
}
