import EngineTesting
import GuestMemory
import Testing
import X86

@testable import Engine

/// What a walk of the code ahead reaches, in flat 32-bit code at 0x1000 with the stack at 0x8000.
@Suite struct CodeWalkTests {
    static let start: UInt64 = 0x1000
    private static let readCounter: [UInt8] = [0x0F, 0x31]

    static func memory(_ parts: [(UInt64, [UInt8])]) throws -> GuestMemory {
        let memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 0x1_0000)])
        for (address, bytes) in parts { try memory.write(bytes, at: GuestPhysicalAddress(address)) }
        return memory
    }

    static var state: ProcessorState {
        var state = ProcessorState.flat32
        state.rip = start
        state[.rsp] = 0x8000
        return state
    }

    private static func walk(_ parts: [(UInt64, [UInt8])], budget: Int = 100) throws -> CodeWalk {
        CodeWalk(from: state, in: try memory(parts), finding: [.rdtsc], budget: budget)
    }

    private static let reached: [[(UInt64, [UInt8])]] = [
        // Straight on, behind a prefix.
        [(start, [0x90, 0xF3] + readCounter + [0xC3])],
        // Behind a branch that may not be taken, and where it leads.
        [(start, [0x74, 0x10] + readCounter + [0xC3])],
        [(start, [0x74, 0x10, 0xC3]), (start + 0x12, readCounter + [0xC3])],
        // Where a jump and a call lead, and behind the call.
        [(start, [0xEB, 0x7E]), (start + 0x80, readCounter + [0xC3])],
        [(start, [0xE8, 0x7B, 0, 0, 0, 0xC3]), (start + 0x80, readCounter + [0xC3])],
        [(start, [0xE8, 0x7B, 0, 0, 0] + readCounter + [0xC3]), (start + 0x80, [0xC3])],
        // Behind the call that the stack says, with a register on top of it, and from there to the next.
        [(start, [0x58, 0xC3]), (0x8004, [0x05, 0x20]), (0x2000, [0xE8, 0, 0, 0, 0] + readCounter + [0xC3])],
        [
            (start, [0x53, 0x83, 0xC4, 0x04, 0xC3]), (0x8000, [0x02, 0x20, 0, 0, 0x05, 0x30]),
            (0x2000, [0xFF, 0xD0, 0xC3]), (0x3000, [0xE8, 0, 0, 0, 0] + readCounter + [0xC3]),
        ],
        // Where a word in memory says.
        [(start, [0xFF, 0x25, 0, 0x50, 0, 0]), (0x5000, [0, 0x20]), (0x2000, readCounter + [0xC3])],
    ]

    @Test(arguments: reached.indices)
    func findsWhatTheGuestMayComeTo(index: Int) throws {
        let walk = try Self.walk(Self.reached[index])
        #expect(walk.findings.map(\.code.instruction) == [.rdtsc])
        let memory = try Self.memory(Self.reached[index])
        #expect(try walk.findings.map { try memory.read(at: $0.address, count: 2) } == [Self.readCounter])
    }

    private static let unreached: [[(UInt64, [UInt8])]] = [
        // Behind a jump, a return, and what is no instruction.
        [(start, [0xEB, 0x7E] + readCounter)],
        [(start, [0xC3] + readCounter)],
        [(start, readCounter + [0x0F, 0x04])],
        // Inside another instruction: mov eax, 0x9090310F.
        [(start, [0xB8, 0x0F, 0x31, 0x90, 0x90, 0xC3])],
        // Where the stack says, but not behind a call.
        [(start, [0xC3]), (0x8000, [0x05, 0x20]), (0x2000, [0x90, 0x90, 0x90, 0x90, 0x90] + readCounter + [0xC3])],
    ]

    @Test(arguments: unreached.indices)
    func leavesAloneWhatIsNotCertainToBeAnInstruction(index: Int) throws {
        #expect(try Self.walk(Self.unreached[index]).findings.isEmpty)
    }

    @Test func aBudgetEndsIt() throws {
        let code: [UInt8] = [UInt8](repeating: 0x90, count: 50) + Self.readCounter + [0xC3]
        #expect(try Self.walk([(Self.start, code)], budget: 50).findings.isEmpty)
        #expect(try Self.walk([(Self.start, code)], budget: 52).findings.count == 1)
    }

    @Test func saysWhereRegistersAndMemoryDecide() throws {
        let walk = try Self.walk([(Self.start, [0xFF, 0xD0, 0xFF, 0x15, 0, 0x50, 0, 0, 0xFF, 0xE6])])
        #expect(walk.indirect == [Self.start, Self.start + 8])
        #expect(walk.pointers == [GuestPhysicalAddress(0x5000)])
    }

    // MARK: Borders

    /// OUT DX, AL as the first instruction of a page, behind a byte that looks like the opcode of another OUT.
    @Test(arguments: [UInt8(0x90), 0xE6])
    func anInstructionOfOneByteBeginsAPage(before: UInt8) throws {
        let memory = try Self.memory([(0x1FFF, [before, 0xEE] + Self.readCounter + [0xC3])])
        var state = Self.state
        state.rip = 0x2000
        let walk = CodeWalk(from: state, in: memory, finding: [.rdtsc], budget: 10)
        #expect(walk.findings.map(\.address) == [GuestPhysicalAddress(0x2001)])
        #expect(CodeDecoder(.protected32).meaning([before, 0xEE], at: 1, end: 2) == nil)
        #expect(CodeDecoder(.protected32).meaning([0x66, 0xEE], at: 0, end: 2) == nil)
        #expect(CodeDecoder(.protected32).meaning([0xE6, 0xE4], at: 0, end: 2) == .out(port: 0xE4))
        #expect(CodeDecoder(.protected32).instruction([], at: 0, end: 0) == nil)
    }

    @Test func anInstructionEndsWithItsSegment() throws {
        let memory = try Self.memory([(0x1FFE, Self.readCounter + [0xC3])])
        var state = Self.state
        state.rip = 0x1FFE
        state.segments.cs.limit = 0x1FFE
        #expect(CodeWalk(from: state, in: memory, finding: [.rdtsc], budget: 10).findings.isEmpty)
        state.segments.cs.limit = 0x2000
        #expect(CodeWalk(from: state, in: memory, finding: [.rdtsc], budget: 10).findings.count == 1)
    }

    @Test func codeWrapsAt4GiB() throws {
        let memory = try Self.memory([(0x1000, Self.readCounter + [0xC3])])
        var state = Self.state
        (state.segments.cs.base, state.rip) = (0xFFFF_F000, 0x2000)
        #expect(state.instructionAddress == GuestVirtualAddress(0x1000))
        let walk = CodeWalk(from: state, in: memory, finding: [.rdtsc], budget: 10)
        #expect(walk.findings.map(\.address) == [GuestPhysicalAddress(0x1000)])
    }
}
