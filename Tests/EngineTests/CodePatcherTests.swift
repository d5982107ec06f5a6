import TestBasics
import Testing
import X86

@testable import Engine

/// An instruction that reads hidden state, as an assembler writes it for 64-bit mode.
private struct Encoded: CustomTestStringConvertible {
    let instruction: HiddenInstruction
    let destination: GeneralRegister
    let size: AccessSize
    let bytes: [UInt8]

    var testDescription: String { "\(instruction) \(destination) \(size)" }

    private init(_ instruction: HiddenInstruction, _ bytes: [UInt8]) {
        (self.instruction, self.bytes, destination, size) = (instruction, bytes, .rax, .doubleword)
    }

    /// RDRAND, RDSEED: 0F C7 /6 and /7, with 66 for 16 bits and REX.W for 64; RDPID: F3 0F C7 /7, always 64 bits.
    private init(_ instruction: HiddenInstruction, _ destination: GeneralRegister, _ size: AccessSize) {
        let number = UInt8(destination.rawValue)
        let rex: UInt8 = (size == .quadword && instruction != .rdpid ? 0x48 : 0) | (number > 7 ? 0x41 : 0)
        let prefixes: [UInt8] = instruction == .rdpid ? [0xF3] : size == .word ? [0x66] : []
        let operand: UInt8 = (instruction == .rdrand ? 0xF0 : 0xF8) | number & 7
        self.instruction = instruction
        self.destination = destination
        self.size = size
        bytes = prefixes + (rex == 0 ? [] : [rex]) + [0x0F, 0xC7, operand]
    }

    static let all: [Encoded] =
        [
            Encoded(.rdtsc, [0x0F, 0x31]), Encoded(.rdpmc, [0x0F, 0x33]), Encoded(.rdtscp, [0x0F, 0x01, 0xF9]),
        ]
        + GeneralRegister.allCases.flatMap { register in
            [AccessSize.word, .doubleword, .quadword].flatMap { size in
                [Encoded(.rdrand, register, size), Encoded(.rdseed, register, size)]
            } + [Encoded(.rdpid, register, .quadword)]
        }
}

/// What the patcher finds, and what it makes of it.
@Suite struct CodePatcherTests {
    private static let all = Set(HiddenInstruction.allCases)
    private static let address = GuestPhysicalAddress(0x1000)

    private func patch(_ bytes: [UInt8], _ form: CodeRange.Form = .swept, trapping: Set<HiddenInstruction> = all)
        -> CodePatcher
    {
        CodePatcher(
            [MemoryContent(address: Self.address, bytes: bytes, code: [CodeRange(bytes.indices, form)])],
            trapping: trapping
        )
    }

    @Test(arguments: Encoded.all)
    private func everyFormIsFoundAndReplaced(encoded: Encoded) throws {
        let patcher = patch([0x90] + encoded.bytes + [0xF4])

        let patch = try #require(patcher.patches.first)
        #expect(patcher.patches.count == 1)
        #expect(patch.address.rawValue == Self.address.rawValue + 1)
        #expect(patch.original == encoded.bytes)
        #expect(patch.code.instruction == encoded.instruction)
        #expect(patch.code.destination == encoded.destination)
        #expect(encoded.instruction == .rdpid || patch.code.size == encoded.size)
        #expect(patcher.contents[0].bytes == [0x90] + patch.replacement + [0xF4])
    }

    @Test(arguments: [[UInt8(0x66)], [0xF3], [0x48], [0x2E, 0x66]])
    func prefixesOfCountersStayAsTheyAre(prefixes: [UInt8]) throws {
        let patch = try #require(patch(prefixes + [0x0F, 0x31, 0xF4]).patches.first)

        #expect(patch.address.rawValue == Self.address.rawValue + UInt64(prefixes.count))
        #expect(patch.original == [0x0F, 0x31])
    }

    @Test func onlyWhatIsToBeTrappedIsReplaced() {
        #expect(
            patch([0x0F, 0x31, 0x0F, 0xC7, 0xF0], trapping: [.rdrand]).patches.map(\.code.instruction) == [.rdrand]
        )
    }

    @Test func portsThatTheGuestNamesAreLeftToIt() {
        let rdtsc: [UInt8] = [0x0F, 0x31]
        let outs = CodePatcher.basePorts.map { [UInt8(0xE6), $0 + 2] }

        #expect(patch(rdtsc).basePort == CodePatcher.basePorts[0])
        #expect(patch(rdtsc + outs[0]).basePort == CodePatcher.basePorts[1])
        #expect(patch(rdtsc + outs[0] + outs[1]).basePort == CodePatcher.basePorts[2])
        let crowded = patch(rdtsc + outs.flatMap(\.self))
        #expect(crowded.basePort == nil)
        #expect(crowded.patches.isEmpty)
        #expect(crowded.contents[0].bytes == rdtsc + outs.flatMap(\.self))
    }

    @Test func searchingFindsAnInstructionThatDecodingArrivesAt() {
        let around: [UInt8] = [0x89, 0xD8, 0x01, 0xC3, 0x40, 0x90, 0x31, 0xC9, 0x85, 0xC0]
        let code = around + around + around + around + [0x0F, 0x31] + around

        #expect(patch(code, .searched).patches.map(\.address.rawValue) == [Self.address.rawValue + 40])
    }

    @Test func searchingLeavesAnOpcodeWithinAnotherInstructionAlone() {
        let nops = [UInt8](repeating: 0x90, count: 40)
        let code = nops + [0xB8, 0x0F, 0x31, 0x00, 0x00] + nops  // mov eax, 0x310F

        #expect(patch(code, .searched).patches.isEmpty)
    }

    @Test func sweepingLeavesAnOpcodeWithinAnotherInstructionAlone() {
        #expect(patch([0xB8, 0x0F, 0x31, 0x00, 0x00, 0xF4]).patches.isEmpty)
    }
}

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

        for encoded in Encoded.all {
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
    private static func result(of encoded: Encoded) -> [GeneralRegister: UInt64] {
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
