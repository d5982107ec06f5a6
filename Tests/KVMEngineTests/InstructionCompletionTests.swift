import GuestMemory
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// What is completed for a host that lacks an instruction, and what is left to its failure.
@Suite struct InstructionCompletionTests {
    private static let code: UInt64 = 0x1000

    private static func memory(_ bytes: [UInt8]) throws -> GuestMemory {
        let memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 0x1_0000)])
        try memory.write(bytes, at: GuestPhysicalAddress(code))
        // A table at 0x2000 with a flat code segment as its second entry, and 256 interrupt gates into it at 0x3000.
        try memory.write([0xFF, 0xFF, 0, 0, 0, 0x9B, 0xCF, 0], at: GuestPhysicalAddress(0x2008))
        for vector: UInt64 in 0..<256 {
            try memory.write([0, 0x40, 8, 0, 0, 0x8E, 0, 0], at: GuestPhysicalAddress(0x3000 + 8 * vector))
        }
        return memory
    }

    /// Flat 32-bit protected mode at ring 0, about to execute at 0x1000, as an emulation failure leaves it.
    private static var protected: ProcessorState {
        var state = ProcessorState()
        state.control.cr0 = 0x21
        state.segments.cs = .init(limit: .max, selector: 8, accessRights: 0xC09B)
        state.segments.ss = .init(limit: .max, selector: 16, accessRights: 0xC093)
        state.segments.ds = .init(limit: .max, selector: 16, accessRights: 0xC093)
        state.gdt = .init(base: 0x2000, limit: 15)
        state.idt = .init(base: 0x3000, limit: 0x7FF)
        state[.rsp] = 0x8000
        state.rip = code
        state.pending.exception = .init(vector: 6)
        state.pending.interruptShadow = .enabledInterrupts
        return state
    }

    private static func complete(
        _ bytes: [UInt8],
        cpuid: [CPUIDEntry] = [],
        _ prepare: (inout ProcessorState) -> Void = { _ in }
    ) throws -> InstructionCompletion? {
        var state = protected
        prepare(&state)
        return InstructionCompletion(before: state, memory: try memory(bytes), cpuid: cpuid)
    }

    private static let everyFeature = [
        CPUIDEntry(function: 1, edx: .max), CPUIDEntry(function: 7, isIndexed: true, ebx: .max),
    ]

    @Test func aBreakpointIsDeliveredBehindTheInstruction() throws {
        let after = try #require(try Self.complete([0xCC])).state
        #expect(after.pending.exception == .init(vector: 3))
        #expect(after.rip == Self.code + 1)
        #expect(after.pending.interruptShadow == [])
    }

    @Test func aSoftwareInterruptIsDeliveredBehindTheInstruction() throws {
        let after = try #require(try Self.complete([0xCD, 0x80])).state
        #expect(after.pending.interrupt == .init(vector: 0x80, soft: true))
        #expect(after.pending.exception == nil)
        #expect(after.rip == Self.code + 2)
    }

    @Test func waitingDoesNothingWithNothingPending() throws {
        let after = try #require(try Self.complete([0x9B])).state
        #expect(after.pending == .init())
        #expect(after.rip == Self.code + 1)
    }

    @Test func waitingRaisesWhatIsPending() throws {
        let unavailable = try Self.complete([0x9B]) { $0.control.cr0 |= 0xA }
        #expect(unavailable?.state.pending.exception == .init(vector: 7))
        #expect(unavailable?.state.rip == Self.code)
        let error = try Self.complete([0x9B]) { $0.extended.components[0] = [0x7F, 3, 0x81, 0] }
        #expect(error?.state.pending.exception == .init(vector: 16))
        #expect(error?.state.rip == Self.code)
    }

    @Test func waitingIsLeftAloneWhereTheErrorIsAnInterrupt() throws {
        let completion = try Self.complete([0x9B]) {
            $0.control.cr0 = 1
            $0.extended.components[0] = [0x7F, 3, 0x81, 0]
        }
        #expect(completion == nil)
    }

    @Test func theAccessFlagFollowsItsInstructions() throws {
        let set = try Self.complete([0x0F, 0x01, 0xCB], cpuid: Self.everyFeature)
        #expect(set?.state.rflags == 2 | 1 << 18)
        let cleared = try Self.complete([0x0F, 0x01, 0xCA], cpuid: Self.everyFeature) { $0.rflags = 2 | 1 << 18 }
        #expect(cleared?.state.rflags == 2)
    }

    @Test(
        arguments: [
            [0x0F, 0x01, 0xCA], [0x0F, 0x01, 0xCB], [0x66, 0x0F, 0xAE, 0x3D, 0, 0x10, 0, 0],
            [0x66, 0x0F, 0xAE, 0x35, 0, 0x10, 0, 0], [0x0F, 0xAE, 0x3D, 0, 0x10, 0, 0],
        ] as [[UInt8]]
    )
    func anInstructionThatTheGuestIsNotToldOfIsLeftAlone(bytes: [UInt8]) throws {
        #expect(try Self.complete(bytes) == nil)
        #expect(try Self.complete(bytes, cpuid: Self.everyFeature) != nil)
    }

    @Test func aFlushOfUnmappedMemoryIsLeftAlone() throws {
        // clflushopt [0x1000], with paging on and no tables.
        let completion = try Self.complete([0x66, 0x0F, 0xAE, 0x3D, 0, 0x10, 0, 0], cpuid: Self.everyFeature) {
            $0.control.cr0 |= 1 << 31
            $0.control.cr3 = 0xF000
        }
        #expect(completion == nil)
    }

    @Test(arguments: [[0x0F, 0x18, 0x00], [0x0F, 0x0D, 0x08]] as [[UInt8]])
    func aPrefetchDoesNothing(bytes: [UInt8]) throws {
        let after = try #require(try Self.complete(bytes)).state
        #expect(after.rip == Self.code + 3)
        #expect(after.general == Self.protected.general)
    }

    @Test(arguments: [[0x9B], [0x0F, 0x18, 0x00]] as [[UInt8]])
    func aSingleStepBehindTheInstructionIsLeftToTheHost(bytes: [UInt8]) throws {
        #expect(try Self.complete(bytes) { $0.rflags |= 1 << 8 } == nil)
    }

    @Test(arguments: [[0x90], [0x0F, 0x0B], [0xD9, 0xE8], [], [0x66]] as [[UInt8]])
    func anythingElseIsLeftAlone(bytes: [UInt8]) throws {
        #expect(try Self.complete(bytes) == nil)
    }

    @Test func otherModesAndPrivilegesAreLeftAlone() throws {
        #expect(try Self.complete([0x9B]) { $0.control.cr0 = 0 } == nil)
        #expect(try Self.complete([0xCC]) { $0.rflags |= 1 << 17 } == nil)
        #expect(try Self.complete([0xCC]) { $0.segments.ss.accessRights |= 3 << 5 } == nil)
        #expect(try Self.complete([0xCC]) { $0.pending.interrupt = .init(vector: 1) } == nil)
    }

    // MARK: IRET

    /// A frame on the stack at 0x8000 and a table at 0x2000 with a code segment as its second entry.
    private static func interruptReturn(
        _ frame: [UInt32],
        descriptor: UInt64 = 0x00CF_9B00_0000_FFFF
    ) throws -> InstructionCompletion? {
        let memory = try memory([0xCF])
        let words = frame.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        try memory.write(words, at: GuestPhysicalAddress(0x8000))
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: descriptor >> (8 * $0)) }
        try memory.write(bytes, at: GuestPhysicalAddress(0x2008))
        var state = protected
        state.pending.nmiMasked = true
        return InstructionCompletion(before: state, memory: memory, cpuid: [])
    }

    @Test func anInterruptReturnLoadsItsFrame() throws {
        let after = try #require(try Self.interruptReturn([0x1234, 8, 0x246])).state
        #expect(after.rip == 0x1234)
        #expect(after.rflags == 0x246)
        #expect(after[.rsp] == 0x800C)
        #expect(after.segments.cs.selector == 8)
        #expect(!after.pending.nmiMasked)
    }

    @Test(
        arguments: [
            ([0x1234, 8, 0x2_0246], 0x00CF_9B00_0000_FFFF), ([0x1234, 8, 0x246], 0x00AF_9B00_0000_FFFF),
            ([0x1234, 11, 0x246], 0x00CF_FB00_0000_FFFF), ([0x1234, 8, 0x246], 0x00CF_9A00_0000_FFFF),
        ] as [([UInt32], UInt64)]
    )
    func anInterruptReturnThatIsMoreThanThatIsLeftAlone(frame: [UInt32], descriptor: UInt64) throws {
        #expect(try Self.interruptReturn(frame, descriptor: descriptor) == nil)
    }

    /// What keeps an interrupt return from its code: its frame, the descriptor, the fault.
    private static let badReturns: [([UInt32], UInt64, UInt8, UInt32)] = [
        ([0x1234, 0, 0x246], 0x00CF_9B00_0000_FFFF, 13, 0), ([0x1234, 11, 0x246], 0x00CF_9B00_0000_FFFF, 13, 8),
        ([0x1234, 16, 0x246], 0x00CF_9B00_0000_FFFF, 13, 16), ([0x1234, 12, 0x246], 0x00CF_9B00_0000_FFFF, 13, 12),
        ([0x1234, 8, 0x246], 0x00CF_9300_0000_FFFF, 13, 8), ([0x1234, 8, 0x246], 0x00CF_1B00_0000_FFFF, 11, 8),
        ([0x1_0000, 8, 0x246], 0x0040_9B00_0000_FFFF, 13, 0),
    ]

    @Test(arguments: badReturns.indices)
    func anInterruptReturnToNoCodeFaultsAtItself(index: Int) throws {
        let (frame, descriptor, vector, code) = Self.badReturns[index]
        let after = try #require(try Self.interruptReturn(frame, descriptor: descriptor)).state
        #expect(after.pending.exception == .init(vector: vector, errorCode: code))
        #expect(after.rip == Self.code)
        #expect(after[.rsp] == 0x8000)
        #expect(after.pending.nmiMasked)
    }

    @Test func anInterruptReturnBeyondItsStackFaults() throws {
        let after = try Self.complete([0xCF]) { ($0.segments.ss.limit, $0[.rsp]) = (0x7FFF, 0x7FF8) }?.state
        #expect(after?.pending.exception == .init(vector: 12, errorCode: 0))
        #expect(after?.rip == Self.code)
    }
}
