import GuestMemory
import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// Nothing that a guest can put anywhere ends the recorder: random code and state at the ends of pages, of memory, of segments, of
/// 4 GiB and of canonical addresses.
@Suite struct BorderSweepTests {
    /// Addresses at which something ends.
    private static let borders: [UInt64] = [
        0, 0x1000, 0x8000, 0xFFFF, 0x1_0000, 0x1_1000, 0xFFFF_F000, 0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF,
        0x8000_0000_0000, 0xFFFF_7FFF_FFFF_FFFF, 0xFFFF_8000_0000_0000, .max,
    ]
    /// Instructions that matter, to be found more often than chance would have it.
    private static let pieces: [[UInt8]] = [
        [0xEE], [0xEF], [0xE6, 0xE6], [0x66, 0xEE], [0x0F, 0x31], [0x66, 0x0F, 0x31], [0x0F, 0x01, 0xF9],
        [0x0F, 0xC7, 0xF0],
        [0x48, 0x0F, 0xC7, 0xF8], [0xF3, 0x0F, 0xC7, 0xF8], [0xCC], [0xCD, 0x80], [0xCD, 0xFF], [0xCE], [0xCF], [0x9B],
        [0x48, 0x0F, 0xC7, 0x0C, 0x24], [0x0F, 0xAE, 0x38], [0x0F, 0x18, 0x00], [0xFF, 0xE0], [0xFF, 0xD4],
        [0xFF, 0x25],
        [0xFF, 0x15], [0xC3], [0xC2, 0xFF, 0xFF], [0xE8], [0xE9], [0xEB, 0xFE], [0x74, 0x80], [0x83, 0xC4, 0x80],
        [0x81, 0xEC],
        [0x60], [0x61], [0xE6, 0xE7, 0x00, 0xFF],
    ]

    private struct Random {
        var generator: SeededGenerator

        mutating func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: elements.indices, using: &generator)]
        }

        mutating func number() -> UInt64 { UInt64.random(in: .min ... .max, using: &generator) }
        mutating func isTrue() -> Bool { Bool.random(using: &generator) }

        mutating func address() -> UInt64 {
            pick(BorderSweepTests.borders) &+ UInt64.random(in: 0...32, using: &generator) &- 16
        }

        mutating func code(_ count: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            while bytes.count < count {
                bytes += isTrue() ? pick(BorderSweepTests.pieces) : [UInt8(truncatingIfNeeded: number())]
            }
            return bytes
        }

        mutating func segment() -> ProcessorState.Segment {
            ProcessorState.Segment(
                base: pick([0, 0, address() & 0xFFFF_FFFF]),
                limit: UInt32(truncatingIfNeeded: pick([0xFFFF, 0xFFFF_FFFF, address()])),
                selector: UInt16(truncatingIfNeeded: number()),
                accessRights: pick([0x9B, 0x93, 0x97, 0xC09B, 0xC093, 0xC097, 0xA09B, 0x1_0000])
            )
        }

        mutating func state() -> ProcessorState {
            var state = ProcessorState()
            state.general = state.general.map { _ in isTrue() ? address() : number() }
            (state.rip, state.rflags) = (address(), 2 | pick([0, 1 << 11, number() & 0xFF]))
            state.segments.cs = segment()
            state.segments.ss = segment()
            (state.segments.ds, state.segments.ldt, state.segments.tr) = (segment(), segment(), segment())
            state.gdt = .init(base: address(), limit: UInt16(truncatingIfNeeded: number()))
            state.idt = .init(base: pick([0, address()]), limit: UInt16(truncatingIfNeeded: number()))
            state.control.cr0 = pick([0x10, 0x11, 0x11, 0x8000_0011, 0x8000_0010])
            state.control.cr3 = pick([0x2000, address()])
            state.control.cr4 = pick([0, 0x10, 0x20, 0x1020])
            state.control.efer = pick([0, 0x500])
            return state
        }
    }

    /// Memory below 68 KiB, ROM at 128 KiB and memory at the end of 4 GiB, with random code and tables that map pages of both.
    private static func memory(_ random: inout Random) throws -> GuestMemory {
        let memory = try GuestMemory(regions: [
            .init(address: GuestPhysicalAddress(0), size: 0x1_1000),
            .init(address: GuestPhysicalAddress(0x2_0000), size: 0x1000, isReadOnly: true),
            .init(address: GuestPhysicalAddress(0xFFFF_F000), size: 0x1000),
        ])
        for region in memory.regions {
            let bytes = random.code(Int(region.size)).prefix(Int(region.size))
            try memory.write(Array(bytes), at: region.address)
        }
        for place in stride(from: UInt64(0x2000), to: 0x6000, by: 8) {
            let target = random.pick([
                0, 0x3000, 0x4000, 0x5000, 0x8000, 0x1_0000, 0xFFFF_F000, random.number() & ~0xFFF,
            ])
            let entry = target | random.pick([0x03, 0x07, 0x01, 0x83, 0])
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: entry >> (8 * $0)) }
            try memory.write(bytes, at: GuestPhysicalAddress(place))
        }
        return memory
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func noGuestEndsTheRecorder(seed: UInt64) throws {
        var random = Random(generator: SeededGenerator(seed: seed))
        let memory = try Self.memory(&random)
        let features = [
            CPUIDEntry(function: 1, ecx: .max, edx: .max), CPUIDEntry(function: 7, isIndexed: true, ebx: .max),
        ]
        let all = Set(HiddenInstruction.allCases)
        var discovery = try #require(CodeDiscovery(trapping: all, basePort: 0xE4))
        var completed = 0
        for round in 0..<400 {
            let state = random.state()
            let code = random.code(16)
            if let place = memory.translate(state.instructionAddress, in: state),
                memory.contains(place, count: code.count)
            {
                try memory.write(code, at: place)
            }
            if let completion = InstructionCompletion(before: state, memory: memory, cpuid: features) {
                completed += 1
                #expect(completion.writes.allSatisfy { memory.contains($0.address, count: $0.bytes.count) })
            }
            let walk = CodeWalk(from: state, in: memory, finding: all, knowsStack: random.isTrue(), budget: 64)
            #expect(walk.findings.allSatisfy { memory.contains($0.address, count: $0.code.length) })
            _ = discovery.expects(atRIP: state.rip, in: memory)
            let patches = discovery.explore(state.instructionAddress, state, in: memory)
            discovery.expect(state.instructionAddress, atRIP: state.rip)
            var there = state
            there.rip = discovery.breakpoints.last.map { $0.rawValue &- state.segments.cs.base } ?? random.address()
            for patch in patches + discovery.enter(there, in: memory) {
                #expect(memory.contains(patch.address, count: patch.replacement.count))
            }
            // It decodes each byte a hundred times.
            if round % 100 == 0 { _ = UntrappedReads(near: [state.rip], there, in: memory) }
            _ = memory.instructions(at: state, limit: 3)
            _ = TrapCode(code, basePort: UInt8(truncatingIfNeeded: random.number()))
        }
        #expect(completed > 0)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func noContentEndsTheSearch(seed: UInt64) {
        var random = Random(generator: SeededGenerator(seed: seed))
        let all = Set(HiddenInstruction.allCases)
        for count in stride(from: 0, through: 60, by: 4) {
            let bytes = Array(random.code(count).prefix(count))
            let address = GuestPhysicalAddress(random.address())
            for form in [CodeRange.Form.swept, .searched] {
                let content = MemoryContent(address: address, bytes: bytes, code: [CodeRange(0..<count, form)])
                let patcher = CodePatcher([content], trapping: all)
                #expect(patcher.contents[0].bytes.count == count)
            }
        }
    }
}
