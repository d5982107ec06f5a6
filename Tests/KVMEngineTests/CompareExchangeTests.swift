import GuestMemory
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// CMPXCHG16B [RSI] in 64-bit mode: page 0x5000 at linear 0x5000, through tables at 0x1_0000 to 0x1_3000.
@Suite struct CompareExchangeTests {
    private static let code: UInt64 = 0x1000
    private static let operand: UInt64 = 0x5010
    private static let feature = [CPUIDEntry(function: 1, ecx: 1 << 13)]
    private static let leaf = GuestPhysicalAddress(0x1_3028)

    private static func memory(leafFlags: UInt64 = 3) throws -> GuestMemory {
        let memory = try GuestMemory(regions: [
            .init(address: GuestPhysicalAddress(0), size: 0x2_0000),
            .init(address: GuestPhysicalAddress(0x8_0000), size: 0x1000, isReadOnly: true),
        ])
        func write(_ value: UInt64, _ address: UInt64) throws {
            try memory.write(
                (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) },
                at: GuestPhysicalAddress(address)
            )
        }
        try write(0x1_1003, 0x1_0000)
        try write(0x1_2003, 0x1_1000)
        try write(0x1_3003, 0x1_2000)
        try write(0x1003, 0x1_3008)
        try write(0x5000 | leafFlags, leaf.rawValue)
        try write(0x8_0003, 0x1_3030)  // linear 0x6000: ROM
        try memory.write([0xF0, 0x48, 0x0F, 0xC7, 0x0E], at: GuestPhysicalAddress(code))
        try memory.write(Array(1...16), at: GuestPhysicalAddress(operand))
        return memory
    }

    private static var state: ProcessorState {
        var state = ProcessorState()
        state.control.cr0 = 0x8001_0021  // paging, write protection
        state.control.cr3 = 0x1_0000
        state.control.cr4 = 0x20
        state.control.efer = 0x500
        state.segments.cs = .init(limit: .max, selector: 8, accessRights: 0xA09B)
        state.segments.ds = .init(limit: .max, selector: 16, accessRights: 0xC093)
        state.segments.ss = .init(limit: .max, selector: 16, accessRights: 0xC093)
        state.rip = code
        state.rflags = 0x2 | 0x8D5 & ~0x40
        state[.rsi] = operand
        (state[.rax], state[.rdx]) = (0x0807_0605_0403_0201, 0x100F_0E0D_0C0B_0A09)
        (state[.rbx], state[.rcx]) = (0x1111_1111_1111_1111, 0x2222_2222_2222_2222)
        state.pending.exception = .init(vector: 6)
        return state
    }

    private static func complete(
        _ memory: GuestMemory,
        _ prepare: (inout ProcessorState) -> Void = { _ in }
    ) -> InstructionCompletion? {
        var state = state
        prepare(&state)
        return InstructionCompletion(before: state, memory: memory, cpuid: feature)
    }

    @Test func equalOperandsAreExchanged() throws {
        let after = try #require(Self.complete(try Self.memory()))
        #expect(after.instruction == .cmpxchg16b)
        #expect(after.state.rip == Self.code + 5)
        #expect(after.state.rflags == Self.state.rflags | 0x40)
        #expect(after.state.pending == .init())
        #expect(after.state.general == Self.state.general)
        let written = [UInt8](repeating: 0x11, count: 8) + [UInt8](repeating: 0x22, count: 8)
        #expect(after.writes.last == MemoryWrite(address: GuestPhysicalAddress(Self.operand), bytes: written))
    }

    @Test func differentOperandsAreLoadedAndMemoryKeepsItsValue() throws {
        let after = try #require(Self.complete(try Self.memory()) { $0[.rdx] ^= 1 << 63 })
        #expect(after.state.rflags == Self.state.rflags)
        #expect(after.state[.rax] == Self.state[.rax])
        #expect(after.state[.rdx] == Self.state[.rdx])
        #expect(after.writes.last == MemoryWrite(address: GuestPhysicalAddress(Self.operand), bytes: Array(1...16)))
    }

    @Test func entriesOnTheWayAreMarkedAsUsedAndTheLastAsDirty() throws {
        let after = try #require(Self.complete(try Self.memory()))
        let marks = after.writes.dropLast()
        #expect(marks.map(\.address.rawValue) == [0x1_0000, 0x1_1000, 0x1_2000, Self.leaf.rawValue])
        #expect(marks.map { $0.bytes[0] } == [0x23, 0x23, 0x23, 0x63])
        let marked = try #require(Self.complete(try Self.memory(leafFlags: 0x63)))
        #expect(!marked.writes.map(\.address).contains(Self.leaf))
    }

    @Test func aMisalignedOperandFaults() throws {
        let after = try #require(Self.complete(try Self.memory()) { $0[.rsi] += 8 })
        #expect(after.state.pending.exception == .init(vector: 13, errorCode: 0))
        #expect(after.state.rip == Self.code)
        #expect(after.writes.isEmpty)
    }

    @Test func aReadOnlyPageIsWrittenOnlyWithoutWriteProtection() throws {
        let memory = try Self.memory(leafFlags: 1)
        #expect(Self.complete(memory) == nil)
        #expect(Self.complete(memory) { $0.control.cr0 &= ~(1 << 16) } != nil)
    }

    private static let refusals: [@Sendable (inout ProcessorState) -> Void] = [
        { $0[.rsi] = 0x7000 },  // not present
        { $0[.rsi] = 0x6000 },  // ROM
        { $0[.rsi] = 1 << 60 },  // not canonical
        { $0.debug.control = 1 }, { $0.segments.ss.accessRights |= 3 << 5 },
    ]

    @Test(arguments: refusals.indices)
    func whatTheProcessorWouldRefuseIsLeftAlone(index: Int) throws {
        #expect(Self.complete(try Self.memory(), Self.refusals[index]) == nil)
    }

    @Test func aUsersPageIsLeftAloneWhereItIsPrevented() throws {
        let memory = try Self.memory(leafFlags: 7)
        for entry: UInt64 in [0x1_0000, 0x1_1000, 0x1_2000] {
            let byte = try memory.read(at: GuestPhysicalAddress(entry), count: 1)
            try memory.write([byte[0] | 4], at: GuestPhysicalAddress(entry))
        }
        #expect(Self.complete(memory) { $0.control.cr4 |= 1 << 21 } == nil)
        #expect(
            Self.complete(memory) {
                $0.control.cr4 |= 1 << 21
                $0.rflags |= 1 << 18
            } != nil
        )
    }

    @Test func aGuestThatIsNotToldOfItIsLeftAlone() throws {
        #expect(InstructionCompletion(before: Self.state, memory: try Self.memory(), cpuid: []) == nil)
    }
}
