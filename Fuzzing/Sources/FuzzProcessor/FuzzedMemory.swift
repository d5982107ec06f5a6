import Glibc
import GuestMemory
import X86

/// 128 KiB of memory between pages that may not be touched: tables that lead somewhere, and the input's code.
final class FuzzedMemory {
    static let size = 1 << 17
    static let table: UInt64 = 0x1000
    static let gates: UInt64 = 0x2000
    static let pages: UInt64 = 0x4000
    static let code: UInt64 = 0x8000
    private static let guardSize = 1 << 16

    let mappings: [GuestMemory.Mapping]
    private let start: UnsafeMutableRawPointer

    init() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        let base = mmap(nil, Self.size + 2 * Self.guardSize, PROT_NONE, flags, -1, 0)!
        precondition(base != MAP_FAILED)
        start = base + Self.guardSize
        precondition(mprotect(start, Self.size, PROT_READ | PROT_WRITE) == 0)
        let region = GuestMemory.Region(address: GuestPhysicalAddress(0), size: UInt64(Self.size))
        mappings = [GuestMemory.Mapping(region, host: start)]
    }

    deinit { munmap(start - Self.guardSize, Self.size + 2 * Self.guardSize) }

    private func put(_ value: UInt64, at address: UInt64) {
        start.storeBytes(of: value, toByteOffset: Int(address), as: UInt64.self)
    }

    /// Writes the tables, and the input's bytes from ``code`` on, again and again.
    func fill(_ input: ArraySlice<UInt8>) {
        for index in 0..<32 {
            let rights: UInt64 = [0x9B, 0x93, 0xFB, 0xF3, 0x89, 0x82, 0x85, 0xEC][index & 7]
            let upper: UInt64 = index & 8 == 0 ? 0xCF : index & 16 == 0 ? 0x0F : 0xAF
            let isGate = rights == 0x85 || rights == 0xEC
            put(
                isGate ? 0x8000 | UInt64(index & 0x18 | 1) << 19 | rights << 40 : 0xFFFF | rights << 40 | upper << 48,
                at: Self.table + UInt64(8 * index)
            )
        }
        for index in 0..<UInt64(256) {
            put(0x8000 &+ index * 16 | 0x19 << 19 | 0xEE << 40, at: Self.gates + 16 * index)
        }
        for index in 0..<UInt64(512) {
            put((index & 31) << 12 | 7, at: Self.pages + 8 * index)
            for level in 1..<UInt64(4) {
                put(Self.pages + (level - 1) << 12 | 7, at: Self.pages + level << 12 + 8 * index)
            }
        }
        let bytes = Array(input)
        for index in 0..<(Self.size - Int(Self.code)) {
            start.storeBytes(of: bytes[index % bytes.count], toByteOffset: Int(Self.code) + index, as: UInt8.self)
        }
    }
}

extension ProcessorState {
    /// The state that an input's first bytes describe.
    init(fuzzed input: [UInt8]) {
        self = .reset(signature: 0)
        let mode = input[0] & 7
        let choice = input[1]
        for index in 0..<8 {
            general[index] = (0..<8).reduce(0) { $0 | UInt64(input[2 + 8 * index + $1]) << UInt64(8 * $1) }
        }
        rip = mode == 0 ? 0 : FuzzedMemory.code
        rflags = 2 | (choice & 1 != 0 ? 0x100 : 0) | (choice & 2 != 0 ? 0x200 : 0) | (mode == 1 ? 1 << 17 : 0)
        let isUser = mode == 1 || (mode > 1 && choice & 4 != 0)
        let isLong = mode >= 6
        let rights: UInt32 = isUser ? 0xF3 : 0x93
        let sizes: UInt32 = mode < 3 ? 0 : 0xC000
        let base: UInt64 = mode < 2 ? FuzzedMemory.code : 0
        let segment = Segment(
            base: base,
            limit: mode < 3 ? 0xFFFF : 0xFFFF_FFFF,
            selector: UInt16(base >> 4) | (isUser && mode > 1 ? 3 : 0),
            accessRights: rights | sizes
        )
        for path in [\Segments.cs, \.ss, \.ds, \.es, \.fs, \.gs] { segments[keyPath: path] = segment }
        if mode != 1 { segments.cs.accessRights = rights | 8 | (mode == 6 ? 0xA000 : sizes) }
        segments.tr = Segment(base: 0x3000, limit: 0x67, selector: 0x20, accessRights: 0x8B)
        segments.ldt = Segment(accessRights: 1 << 16)
        gdt = DescriptorTable(base: FuzzedMemory.table, limit: 0xFF)
        idt = DescriptorTable(base: mode == 0 ? 0 : FuzzedMemory.gates, limit: 0xFFF)
        control.cr4 = UInt64(choice & 8) << 6 | (mode >= 5 ? 0x20 : 0) | 0x600
        control.cr0 = 0x20 | (mode > 0 ? 1 : 0) | (mode >= 4 ? 1 << 31 : 0) | (choice & 16 != 0 ? 1 << 16 : 0)
        control.cr3 = FuzzedMemory.pages + (isLong ? 0x3000 : mode == 5 ? 0x2000 : 0x1000)
        if isLong { control.efer = 0xD01 }
        for index in 0..<4 { control.pageDirectoryPointers[index] = FuzzedMemory.pages + 0x1000 | 1 }
        if choice & 32 != 0 {
            debug.address[0] = general[0]
            debug.control = 0x401 | general[1] & 0xF_0000
        }
    }
}
