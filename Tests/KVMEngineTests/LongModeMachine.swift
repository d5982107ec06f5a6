import GuestMemory
import X86

@testable import Engine
@testable import KVMEngine

/// A processor in 64-bit mode with its first 2 MiB mapped one to one, about to execute a few hand-assembled bytes at ring 0.
struct LongModeMachine: ~Copyable {
    static let start: UInt64 = 0x1000

    var processor: KVMProcessor

    init(_ code: [UInt8], trapBasePort: UInt8? = nil, prepare: (inout ProcessorState) -> Void = { _ in }) throws {
        var processor = try KVMProcessor.make(
            regions: [.init(address: GuestPhysicalAddress(0), size: 0x1_0000)],
            profile: .baseline,
            trapBasePort: trapBasePort
        )
        let memory = processor.memory
        try memory.write(code, at: GuestPhysicalAddress(Self.start))
        // Page tables: PML4 at 0x2000, PDPT at 0x3000, a directory at 0x4000 with one page of 2 MiB.
        try memory.write([0x03, 0x30], at: GuestPhysicalAddress(0x2000))
        try memory.write([0x03, 0x40], at: GuestPhysicalAddress(0x3000))
        try memory.write([0x83, 0x00], at: GuestPhysicalAddress(0x4000))
        var state = ProcessorState.reset(signature: 0)
        state.control.cr0 = 0x8000_0011  // paging, extension type, protection
        state.control.cr3 = 0x2000
        state.control.cr4 = 0x20  // physical address extension
        state.control.efer = 0x500  // long mode enabled and active
        state.segments.cs = .init(limit: 0xFFFF_FFFF, selector: 8, accessRights: 0xA09B)
        for data in [\ProcessorState.Segments.ds, \.es, \.fs, \.gs, \.ss] {
            state.segments[keyPath: data] = .init(limit: 0xFFFF_FFFF, selector: 16, accessRights: 0xC093)
        }
        state.rip = Self.start
        state[.rsp] = 0x8000
        prepare(&state)
        try processor.restore(state)
        self.processor = processor
    }
}
