import EngineTesting
import GuestMemory
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// Whether INT n, INT3 and INTO at ring 0 enter their handler, or which fault they raise at themselves.
@Suite struct SoftwareInterruptTests {
    private static let code: UInt64 = 0x1000
    private static let stack: UInt64 = 0x8000
    private static let vector: UInt64 = 0x40
    /// The error code that names its gate.
    private static let gateCode: UInt32 = 0x202
    private static let goodGate: UInt64 = 0x0000_8E00_0008_4000

    /// A case: bytes of memory that differ from a machine in which the interrupt is delivered, and registers.
    struct Case: Sendable {
        var memory: [(UInt64, [UInt8])] = []
        var prepare: @Sendable (inout ProcessorState) -> Void = { _ in }
        var fault: ProcessorState.PendingEvents.Exception?
    }

    private static func bytes(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func fault(_ vector: UInt8, _ code: UInt32?) -> ProcessorState.PendingEvents.Exception {
        .init(vector: vector, errorCode: code)
    }

    /// Executes INT 0x40. Descriptors are at 0x2000: code at 8, data at 16, absent code at 24, code for ring 3 at 32, 64-bit code
    /// at 40, code of 64 KiB at 48, a task at 56. The handler is at 8:0x4000.
    private static func complete(
        _ test: Case,
        _ state: ProcessorState,
        instruction: [UInt8] = [0xCD, 0x40]
    ) throws -> InstructionCompletion? {
        let memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 0x1_0000)])
        let descriptors: [UInt64] = [
            0, 0x00CF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF, 0x00CF_1B00_0000_FFFF, 0x00CF_FB00_0000_FFFF,
            0x00AF_9B00_0000_FFFF, 0x0040_9B00_0000_FFFF, 0x0000_8900_0000_0067,
        ]
        let parts = [(code, instruction), (0x2000, descriptors.flatMap(bytes))] + test.memory
        for (address, bytes) in parts { try memory.write(bytes, at: GuestPhysicalAddress(address)) }
        var state = state
        test.prepare(&state)
        return InstructionCompletion(before: state, memory: memory, cpuid: [])
    }

    private static var protected: ProcessorState {
        var state = ProcessorState.flat32
        (state.rip, state[.rsp]) = (code, stack)
        state.gdt = .init(base: 0x2000, limit: 63)
        state.idt = .init(base: 0x3000, limit: 0x7FF)
        return state
    }

    private static func gate(_ value: UInt64) -> [(UInt64, [UInt8])] { [(0x3000 + 8 * vector, bytes(value))] }

    private static let protectedCases: [Case] = [
        Case(memory: gate(goodGate)),
        Case(memory: gate(0x0000_8F00_0008_4000)),
        // Not present, no gate, beyond the table's end.
        Case(memory: gate(0x0000_0E00_0008_4000), fault: fault(11, gateCode)),
        Case(memory: gate(0), fault: fault(13, gateCode)),
        Case(memory: gate(0x0000_9E00_0008_4000), fault: fault(13, gateCode)),
        Case(memory: gate(goodGate), prepare: { $0.idt.limit = 0x206 }, fault: fault(13, gateCode)),
        Case(memory: gate(goodGate), prepare: { $0.idt.limit = 0x207 }),
        // Selectors: null, beyond the table, of no local table, data, absent, for ring 3.
        Case(memory: gate(0x0000_8E00_0003_4000), fault: fault(13, 0)),
        Case(memory: gate(0x0000_8E00_0040_4000), fault: fault(13, 0x40)),
        Case(memory: gate(0x0000_8E00_000C_4000), fault: fault(13, 0x0C)),
        Case(memory: gate(0x0000_8E00_0010_4000), fault: fault(13, 0x10)),
        Case(memory: gate(0x0000_8E00_0018_4000), fault: fault(11, 0x18)),
        Case(memory: gate(0x0000_8E00_0020_4000), fault: fault(13, 0x20)),
        // A handler behind its segment's end.
        Case(memory: gate(0x0001_8E00_0030_4000), fault: fault(13, 0)),
        // Task gates: to a local selector, beyond the table, to what is no task.
        Case(memory: gate(0x0000_8500_003C_0000), fault: fault(13, 0x3C)),
        Case(memory: gate(0x0000_8500_0040_0000), fault: fault(13, 0x40)),
        Case(memory: gate(0x0000_8500_0008_0000), fault: fault(13, 0x08)),
        Case(memory: gate(0x0000_0500_0038_0000), fault: fault(11, gateCode)),
        // No room on the stack: beyond its limit, across 64 KiB, across 4 GiB, below one that expands down.
        Case(memory: gate(goodGate), prepare: { $0.segments.ss.limit = 0x7FFE }, fault: fault(12, 0)),
        Case(memory: gate(goodGate), prepare: { $0.segments.ss.limit = 0x7FFF }),
        Case(memory: gate(goodGate), prepare: { $0[.rsp] = 2 }, fault: fault(12, 0)),
        Case(
            memory: gate(goodGate),
            prepare: { ($0.segments.ss.accessRights, $0.segments.ss.limit) = (0xC097, 0x7FF4) },
            fault: fault(12, 0)
        ),
        Case(
            memory: gate(goodGate),
            prepare: { ($0.segments.ss.accessRights, $0.segments.ss.limit) = (0xC097, 0x7FF3) }
        ),
        Case(
            memory: gate(goodGate),
            prepare: { ($0.segments.ss.accessRights, $0.segments.ss.limit, $0[.rsp]) = (0x93, 0xFFFF, 2) },
            fault: fault(12, 0)
        ),
        Case(
            memory: gate(goodGate),
            prepare: { ($0.segments.ss.accessRights, $0.segments.ss.limit, $0[.rsp]) = (0x93, 0xFFFF, 0) }
        ),
    ]

    @Test(arguments: protectedCases.indices)
    func inProtectedMode(index: Int) throws {
        try Self.check(Self.protectedCases[index], Self.protected)
    }

    private static func check(_ test: Case, _ state: ProcessorState) throws {
        let after = try #require(try complete(test, state)).state
        #expect(after.pending.exception == test.fault)
        #expect((after.pending.interrupt == nil) == (test.fault != nil))
        #expect(after.rip == (test.fault == nil ? code + 2 : code))
    }

    @Test func aSwitchOfTasksANarrowFrameAndAPageFaultAreLeftAlone() throws {
        #expect(try Self.complete(Case(memory: Self.gate(0x0000_8500_0038_0000)), Self.protected) == nil)
        // A 16-bit gate, whose upper half of an offset counts for nothing, in a segment of 64 KiB; a fault of it is raised.
        #expect(try Self.complete(Case(memory: Self.gate(0xFFFF_8600_0030_4000)), Self.protected) == nil)
        #expect(try Self.complete(Case(memory: Self.gate(0xFFFF_0600_0030_4000)), Self.protected) != nil)
        // Stacks where no memory is, and a table where none is.
        var state = Self.protected
        state[.rsp] = 0x2_0000
        #expect(try Self.complete(Case(memory: Self.gate(Self.goodGate)), state) == nil)
        state = Self.protected
        state.idt.base = 0x2_0000
        #expect(try Self.complete(Case(memory: Self.gate(Self.goodGate)), state) == nil)
        state = Self.protected
        state.gdt.base = 0x2_0000
        #expect(try Self.complete(Case(memory: Self.gate(Self.goodGate)), state) == nil)
    }

    @Test func anOverflowIsRaisedOnlyWhereThereIsOne() throws {
        let test = Case(memory: [(0x3020, Self.bytes(Self.goodGate))])
        let without = try #require(try Self.complete(test, Self.protected, instruction: [0xCE])).state
        #expect(without.pending == .init())
        #expect(without.rip == Self.code + 1)
        var state = Self.protected
        state.rflags |= 1 << 11
        let with = try #require(try Self.complete(test, state, instruction: [0xCE])).state
        #expect(with.pending.exception == .init(vector: 4))
        #expect(with.rip == Self.code + 1)
        let bad = try #require(try Self.complete(Case(), state, instruction: [0xCE])).state
        #expect(bad.pending.exception == Self.fault(13, 0x22))
        #expect(bad.rip == Self.code)
    }

    // MARK: Real mode

    @Test func inRealModeTheTableMayEndBeforeTheVector() throws {
        var state = ProcessorState.realMode(entry: UInt16(Self.code), signature: 0)
        state[.rsp] = Self.stack
        state.idt.limit = 0x103
        try Self.check(Case(), state)
        try Self.check(Case(prepare: { $0.idt.limit = 0x102 }, fault: Self.fault(13, nil)), state)
        try Self.check(Case(prepare: { $0[.rsp] = 1 }, fault: Self.fault(12, nil)), state)
    }

    // MARK: Long mode

    /// The first 2 MiB mapped one to one by tables at 0x9000, a task state segment at 0xC000.
    private static var long: ProcessorState {
        var state = protected
        state.control.cr0 = 0x8000_0011
        state.control.cr3 = 0x9000
        state.control.cr4 = 0x20
        state.control.efer = 0x500
        state.segments.cs = .init(limit: .max, selector: 40, accessRights: 0xA09B)
        state.segments.tr = .init(base: 0xC000, limit: 0x33, selector: 0x38, accessRights: 0x8B)
        state.idt.limit = 0xFFF
        return state
    }

    private static func longGate(_ low: UInt64, _ high: UInt64 = 0) -> [(UInt64, [UInt8])] {
        [
            (0x3000 + 16 * vector, bytes(low) + bytes(high)), (0x9000, bytes(0xA003)), (0xA000, bytes(0xB003)),
            (0xB000, bytes(0x83)), (0xC024, bytes(0x7000) + bytes(0x0080_0000_0000_0000)),
        ]
    }

    private static let longGood: UInt64 = 0x0000_8E00_0028_4000
    private static let longCases: [Case] = [
        Case(memory: longGate(longGood)),
        Case(memory: longGate(longGood, 0xFFFF_8000)),
        Case(memory: longGate(longGood, 0x0080_0000), fault: fault(13, 0)),
        Case(memory: longGate(0x0000_0E00_0028_4000), fault: fault(11, gateCode)),
        Case(memory: longGate(0x0000_8600_0028_4000), fault: fault(13, gateCode)),
        Case(memory: longGate(0x0000_8500_0038_4000), fault: fault(13, gateCode)),
        Case(memory: longGate(longGood), prepare: { $0.idt.limit = 0x40E }, fault: fault(13, gateCode)),
        Case(memory: longGate(0x0000_8E00_0008_4000), fault: fault(13, 8)),
        Case(memory: longGate(0x0000_8E00_0000_4000), fault: fault(13, 0)),
        // Stacks: one of the task's, one that is no address, one beyond its segment, and the present one likewise.
        Case(memory: longGate(0x0000_8E01_0028_4000)),
        Case(memory: longGate(0x0000_8E02_0028_4000), fault: fault(12, 0)),
        Case(memory: longGate(0x0000_8E03_0028_4000), fault: fault(10, 0x38)),
        Case(memory: longGate(longGood), prepare: { $0[.rsp] = 0x0000_8000_0000_0010 }, fault: fault(12, 0)),
        Case(memory: longGate(longGood), prepare: { $0[.rsp] = 0x0000_8000_0000_0030 }, fault: fault(12, 0)),
    ]

    @Test(arguments: longCases.indices)
    func inLongMode(index: Int) throws {
        try Self.check(Self.longCases[index], Self.long)
    }

    @Test func aStackThatCannotBeWrittenIsLeftAlone() throws {
        var state = Self.long
        state[.rsp] = 0x2_0000_0000
        #expect(try Self.complete(Case(memory: Self.longGate(Self.longGood)), state) == nil)
        let readOnly = Self.longGate(Self.longGood) + [(0xB000, Self.bytes(0x81))]
        state = Self.long
        #expect(try Self.complete(Case(memory: readOnly), state) != nil)
        state.control.cr0 |= 1 << 16
        #expect(try Self.complete(Case(memory: readOnly), state) == nil)
    }
}
