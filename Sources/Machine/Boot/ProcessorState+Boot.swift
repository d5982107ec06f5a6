import X86

/// The state in which a loader leaves the processor to the program.
extension ProcessorState {
    /// Selectors that Linux's boot protocol prescribes for its 32- and 64-bit entries. The other protocols leave them
    /// open.
    static let bootCodeSelector: UInt16 = 0x10
    static let bootDataSelector: UInt16 = 0x18

    /// 32-bit protected mode without paging, flat segments, interrupts off (Multiboot 1, 3.2; Multiboot 2, 3.3; PVH).
    static func protectedMode(entry: UInt32) -> Self {
        var state = loaderState(code: Segment(limit: .max, selector: bootCodeSelector, accessRights: 0xC09B))
        state.rip = UInt64(entry)
        state.control.cr0 = 0x11  // ET, PE
        return state
    }

    /// 64-bit mode with page tables, flat segments, interrupts off (Linux: Documentation/arch/x86/boot.rst, 64-bit
    /// protocol).
    static func longMode(entry: UInt64, tables: LongModeTables) -> Self {
        var state = loaderState(code: Segment(limit: .max, selector: bootCodeSelector, accessRights: 0xA09B))
        state.rip = entry
        state.control.cr0 = 0x8000_0011  // PG, ET, PE
        state.control.cr3 = tables.root
        state.control.cr4 = 0x20  // PAE
        state.control.efer = 0x500  // LMA, LME
        state.gdt = DescriptorTable(base: tables.descriptors, limit: LongModeTables.descriptorLimit)
        return state
    }

    private static func loaderState(code: Segment) -> Self {
        var state = reset(signature: 0)
        state.segments.cs = code
        for data in [\Segments.ds, \.es, \.fs, \.gs, \.ss] as [WritableKeyPath<Segments, Segment>] {
            state.segments[keyPath: data] = Segment(limit: .max, selector: bootDataSelector, accessRights: 0xC093)
        }
        state.segments.tr = Segment(limit: 0x67, accessRights: 0x8B)
        state.gdt = DescriptorTable()
        state.idt = DescriptorTable()
        return state
    }
}
