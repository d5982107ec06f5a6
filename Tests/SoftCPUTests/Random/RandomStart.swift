import GuestMemory
import X86

@testable import SoftCPU

/// A processor with anything at all in its registers and its memory: in one of its modes, with tables that lead somewhere more
/// often than not, so that it does not stop at once.
struct RandomStart {
    enum Mode: CaseIterable {
        case real, virtual8086, protected16, protected32, paging32, pagingPAE, long64, compatible32, compatible16,
            anything
    }

    /// 256 KiB at 0 and a read-only page behind a gap.
    static let regions: [GuestMemory.Region] = [
        .init(address: GuestPhysicalAddress(0), size: 1 << 18),
        .init(address: GuestPhysicalAddress(0x8_0000), size: 1 << 12, isReadOnly: true),
    ]

    let mode: Mode
    let memory = GuardedMemory(regions)
    private(set) var state = ProcessorState.reset(signature: 0)
    private var random: RandomOperands

    static let table: UInt64 = 0x1000
    static let gates: UInt64 = 0x2000
    private static let pages: UInt64 = 0x10000

    init(seed: UInt64) {
        random = RandomOperands(seed: seed)
        mode = Mode.allCases[Int(random.next() % UInt64(Mode.allCases.count))]
        memory.fill(&random)
        fillTables()
        fillPageTables()
        setGeneral()
        setSegments()
        setControl()
        if mode == .anything { setAnything() }
    }

    private var isLong: Bool { [.long64, .compatible32, .compatible16].contains(mode) }

    private mutating func oneIn(_ count: UInt64) -> Bool { random.next() % count == 0 }
    private mutating func place() -> UInt64 { random.next() & 0x3_FFF0 }

    private mutating func setGeneral() {
        for index in 0..<16 {
            state.general[index] = oneIn(3) ? random.next() : oneIn(2) ? place() : random.next() & 0xFFFF
        }
        state.rip = place() & (mode == .real || mode == .virtual8086 ? 0xFFFF : ~0)
        state[.rsp] = place()
        state.rflags = random.next() & 0x24_0CD5 | 2 | (oneIn(2) ? 0x200 : 0)
        if oneIn(16) { state.rflags |= 0x100 }
        if oneIn(16) { state.rflags |= 0x1_0000 }
        if oneIn(2) { state.rflags |= 0x3000 }
        if mode == .virtual8086 { state.rflags |= 1 << 17 }
    }

    /// Descriptors of every type, and gates that lead to them.
    private mutating func fillTables() {
        for index in 0..<64 {
            let type = random.next() & 0x1F
            let privilege = [0, 0, 3, random.next() & 3][Int(random.next() & 3)] << 5
            let rights = type | privilege | (oneIn(8) ? 0 : 0x80)
            let size: UInt64 = isLong ? (oneIn(2) ? 0xA : 0xC) : oneIn(3) ? 0x8 : 0xC
            let base = oneIn(3) ? place() : 0
            let limit: UInt64 = oneIn(4) ? random.next() & 0xFFFFF : 0xFFFFF
            var value = limit & 0xFFFF | (base & 0xFF_FFFF) << 16 | rights << 40
            value |= (limit >> 16) << 48 | size << 52
            if type & 0x10 == 0, [4, 5, 12].contains(type & 15) {
                value = place() & 0xFFFF | (random.next() & 0x1FB) << 16 | rights << 40 | (place() >> 16) << 48
            }
            memory.put(value, bytes: 8, at: Self.table + UInt64(8 * index))
        }
        for index in 0..<256 {
            let type: UInt64 = isLong || oneIn(2) ? 14 + random.next() & 1 : [5, 6, 7, 14][Int(random.next() & 3)]
            let low =
                place() & 0xFFFF | (random.next() & 0x1F8) << 16 | (0x80 | type | (oneIn(2) ? 0x60 : 0)) << 40
                | UInt64(oneIn(3) ? 1 : 0) << 32 | (place() >> 16) << 48
            memory.put(low, bytes: 8, at: Self.gates + UInt64(isLong ? 16 : 8) * UInt64(index))
            if isLong { memory.put(oneIn(16) ? random.next() : 0, bytes: 8, at: Self.gates + 16 * UInt64(index) + 8) }
        }
    }

    /// Tables that map most pages to themselves.
    private mutating func fillPageTables() {
        let size = mode == .paging32 ? 4 : 8
        let count = UInt64(4096 / size)
        func flags(_ random: inout RandomOperands) -> UInt64 {
            let bits = random.next()
            return (bits & 31 == 0 ? bits >> 8 & 0x1E7 : 7) | (size == 8 && bits >> 5 & 63 == 0 ? 1 << 63 : 0)
        }
        for entry in 0..<count {
            let target = entry < 64 ? entry << 12 : place() & ~0xFFF
            memory.put(target | flags(&random), bytes: size, at: Self.pages + UInt64(size) * entry)
            // The second level: one table for all, and sometimes a large page.
            let upper = oneIn(16) ? flags(&random) | 0x80 | (random.next() & 3) << 21 : Self.pages | 7
            memory.put(upper, bytes: size, at: Self.pages + 0x1000 + UInt64(size) * entry)
            memory.put(
                Self.pages + 0x1000 | (mode == .pagingPAE ? 1 : 7),
                bytes: size,
                at: Self.pages + 0x2000 + UInt64(size) * entry
            )
            memory.put(Self.pages + 0x2000 | 7, bytes: size, at: Self.pages + 0x3000 + UInt64(size) * entry)
        }
    }

    private mutating func setSegments() {
        let isUser = mode == .virtual8086 || (mode != .real && oneIn(3))
        let privilege: UInt32 = isUser ? 3 : 0
        let is16 = [.real, .virtual8086, .protected16, .compatible16].contains(mode)
        var code: UInt32 = mode == .real ? 0x9B : 0x9B | privilege << 5
        code |= mode == .long64 ? 0xA000 : is16 ? 0 : 0xC000
        for (index, path) in [\ProcessorState.Segments.cs, \.ss, \.ds, \.es, \.fs, \.gs].enumerated() {
            var segment = ProcessorState.Segment()
            segment.selector = UInt16(truncatingIfNeeded: random.next() & 0x1F8 | UInt64(privilege))
            segment.accessRights = index == 0 ? code : 0x93 | privilege << 5 | (is16 ? 0 : 0xC000)
            segment.limit = is16 ? 0xFFFF : oneIn(8) ? UInt32(place() | 0xFFF) : 0xFFFF_FFFF
            if mode == .real || mode == .virtual8086 {
                segment.selector = UInt16(truncatingIfNeeded: place() >> 4)
                segment.base = UInt64(segment.selector) << 4
                if mode == .virtual8086 { segment.accessRights = 0xF3 }
            } else if oneIn(3), mode != .long64 || index > 3 {
                segment.base = place()
            }
            state.segments[keyPath: path] = segment
        }
        state.segments.tr = .init(
            base: place(),
            limit: 0x67,
            selector: UInt16(random.next() & 0x1F8),
            accessRights: 0x8B
        )
        state.segments.ldt = .init(base: Self.table, limit: 0xFF, selector: 8, accessRights: oneIn(2) ? 0x82 : 1 << 16)
        state.gdt = .init(base: Self.table, limit: 0x1FF)
        state.idt = .init(base: mode == .real ? 0 : Self.gates, limit: 0xFFF)
    }

    private mutating func setControl() {
        state.control.cr4 = random.next() & 0x30_0E0F
        state.control.cr0 = 0x20 | random.next() & 0x4_0002 | (oneIn(8) ? random.next() & 0xC : 0)
        if mode != .real { state.control.cr0 |= 1 }
        if oneIn(2) { state.control.cr0 |= 1 << 16 }
        state.control.cr3 = Self.pages + 0x1000
        switch mode {
        case .paging32: state.control.cr0 |= 1 << 31
        case .virtual8086 where oneIn(2): state.control.cr0 |= 1 << 31
        case .pagingPAE:
            state.control.cr0 |= 1 << 31
            state.control.cr4 |= 0x20
            state.control.cr3 = Self.pages + 0x2000
            for index in 0..<4 { state.control.pageDirectoryPointers[index] = Self.pages + 0x1000 | 1 }
        case .long64, .compatible32, .compatible16:
            state.control.cr0 |= 1 << 31
            state.control.cr4 |= 0x20
            state.control.cr3 = Self.pages + 0x3000
            state.control.efer = 0x500
        default: break
        }
        if oneIn(2) { state.control.efer |= 0x801 }
        state.control.xcr0 = 1 | (oneIn(2) ? 2 : 0)
        for index in 0..<4 where oneIn(4) { state.debug.address[index] = place() }
        state.debug.control = oneIn(4) ? random.next() & 0xFFFF_23FF | 0x400 : 0x400
        state.extended.mxcsr = oneIn(2) ? 0x1F80 : UInt32(random.next() & 0xFFFF)
        for number: UInt32 in [0x174, 0x175, 0x176, 0xC000_0081, 0xC000_0082, 0xC000_0084, 0xC000_0102] {
            state.modelSpecific[number] = oneIn(2) ? place() : random.next()
        }
    }

    /// Values that no sequence of instructions would lead to.
    private mutating func setAnything() {
        state.control.cr0 = random.next() & 0xE005_003F
        state.control.cr4 = random.next() & 0x7F_FFFF
        state.control.efer = random.next() & 0x4D01
        state.control.cr3 = oneIn(2) ? random.next() : place()
        state.rip = random.next() >> (random.next() & 63)
        state.rflags = random.next() & 0x3F_7FD7 | 2
        for path in [\ProcessorState.Segments.cs, \.ss, \.ds, \.es, \.fs, \.gs, \.tr, \.ldt] {
            state.segments[keyPath: path] = .init(
                base: random.next() >> (random.next() & 63),
                limit: UInt32(truncatingIfNeeded: random.next()),
                selector: UInt16(truncatingIfNeeded: random.next()),
                accessRights: UInt32(random.next() & 0x1_F0FF)
            )
        }
        state.gdt = .init(base: random.next() >> (random.next() & 63), limit: UInt16(truncatingIfNeeded: random.next()))
        state.idt = .init(base: random.next() >> (random.next() & 63), limit: UInt16(truncatingIfNeeded: random.next()))
        for index in 0..<4 { state.control.pageDirectoryPointers[index] = random.next() >> (random.next() & 63) }
        state.debug.control = random.next() & 0xFFFF_FFFF
    }
}
