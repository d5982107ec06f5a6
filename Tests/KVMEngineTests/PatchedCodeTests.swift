import EngineTesting
import GuestMemory
import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// Instructions found, replaced, executed and answered.
@Suite(.needsKVM) struct PatchedCodeTests {
    private static let value: UInt64 = 0x1122_3344_5566_7788
    private static let before: UInt64 = 0xAAAA_AAAA_AAAA_AAAA
    private static let taskState: UInt64 = 0x9000

    /// Ring 3 with a task state whose bitmap opens every port: an I/O privilege level of 3 does not on every host.
    private static func enterRing3(_ state: inout ProcessorState) {
        state.segments.cs = .init(limit: 0xFFFF_FFFF, selector: 0x33, accessRights: 0xA0FB)
        for data in [\ProcessorState.Segments.ds, \.es, \.fs, \.gs, \.ss] {
            state.segments[keyPath: data] = .init(limit: 0xFFFF_FFFF, selector: 0x2B, accessRights: 0xC0F3)
        }
        state.segments.tr = .init(base: taskState, limit: 0x2067, selector: 0x18, accessRights: 0x8B)
    }

    @Test(arguments: [0, 3])
    func everyFormGivesTheGuestItsValue(ring: Int) throws {
        let base = try #require(CodePatcher.basePorts.first)
        var machine = try LongModeMachine([0x90], trapBasePort: base) { if ring == 3 { Self.enterRing3(&$0) } }
        let memory = machine.processor.memory
        // Tables that ring 3 may use too, and the bitmap's place in the task state.
        for (table, entry): (UInt64, UInt8) in [(0x2000, 0x07), (0x3000, 0x07), (0x4000, 0x87)] {
            try memory.write([entry], at: GuestPhysicalAddress(table))
        }
        try memory.write([0x68, 0], at: GuestPhysicalAddress(Self.taskState + 0x66))
        var start = try machine.processor.state()
        for register in GeneralRegister.allCases { start[register] = Self.before }

        for encoded in EncodedRead.all {
            let content = MemoryContent(
                address: GuestPhysicalAddress(LongModeMachine.start),
                bytes: encoded.bytes,
                code: [CodeRange(encoded.bytes.indices, .swept)]
            )
            let patcher = CodePatcher([content], trapping: Set(HiddenInstruction.allCases))
            try memory.write(patcher.contents[0].bytes, at: content.address)
            try machine.processor.restore(start)

            let exit = try machine.processor.run()
            try machine.processor.answerHiddenRead(value: Self.value, auxiliary: 7, succeeded: true)
            try machine.processor.completePendingAccess()
            let end = try machine.processor.state()

            #expect(exit == .hiddenRead(encoded.instruction), "\(encoded)")
            #expect(end.rip == LongModeMachine.start + UInt64(encoded.bytes.count), "\(encoded)")
            let changed = Self.result(of: encoded)
            for register in GeneralRegister.allCases {
                #expect(end[register] == changed[register] ?? Self.before, "\(encoded) in \(register)")
            }
        }
    }

    /// The registers that an instruction changes, with what they hold then (Intel SDM vol. 2).
    private static func result(of encoded: EncodedRead) -> [GeneralRegister: UInt64] {
        let counter: [GeneralRegister: UInt64] = [.rax: value & 0xFFFF_FFFF, .rdx: value >> 32]
        switch encoded.instruction {
        case .rdtsc, .rdpmc: return counter
        case .rdtscp: return counter.merging([.rcx: 7]) { $1 }
        case .rdpid: return [encoded.destination: 7]
        case .rdrand, .rdseed:
            let kept = encoded.size == .word ? before & ~0xFFFF : 0
            return [encoded.destination: kept | value & encoded.size.mask]
        }
    }
}
