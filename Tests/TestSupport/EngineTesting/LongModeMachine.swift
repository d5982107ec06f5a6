public import Engine
import GuestMemory
public import X86

/// The addresses in a ``LongModeMachine``.
public enum LongModeLayout {
    /// Its first instruction.
    public static let start: UInt64 = 0x1000
}

/// A processor in 64-bit mode with its first 2 MiB mapped one to one, about to execute a few hand-assembled bytes at ring 0.
public struct LongModeMachine<P: EngineProcessor & ~Copyable>: ~Copyable {
    /// The processor.
    public var processor: P

    /// Makes a machine.
    ///
    /// - Parameters:
    ///   - code: what it executes.
    ///   - trapBasePort: the first of the private ports that patched code traps through.
    ///   - prepare: changes the state in which it begins.
    public init(
        _ code: [UInt8],
        trapBasePort: UInt8? = nil,
        prepare: (inout ProcessorState) -> Void = { _ in }
    ) throws {
        var processor = try P.make(
            regions: [.init(address: GuestPhysicalAddress(0), size: 0x1_0000)],
            profile: .baseline,
            modelSpecificRegisters: nil,
            trapBasePort: trapBasePort
        )
        let memory = processor.memory
        try memory.write(code, at: GuestPhysicalAddress(LongModeLayout.start))
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
        state.rip = LongModeLayout.start
        state[.rsp] = 0x8000
        prepare(&state)
        try processor.restore(state)
        self.processor = processor
    }
}
