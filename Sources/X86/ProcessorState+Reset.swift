extension ProcessorState {
    /// The state after RESET (Intel SDM vol. 3, table 10-1): real mode, about to execute at 0xFFFFFFF0.
    ///
    /// - Parameter signature: what CPUID leaf 1 gives in EAX; RESET leaves it in RDX.
    public static func reset(signature: UInt32) -> Self {
        var state = Self()
        state[.rdx] = UInt64(signature)
        state.rip = 0xFFF0
        state.segments.cs = Segment(base: 0xFFFF_0000, limit: 0xFFFF, selector: 0xF000, accessRights: 0x9B)
        for data in [\Segments.ds, \.es, \.fs, \.gs, \.ss] as [WritableKeyPath<Segments, Segment>] {
            state.segments[keyPath: data] = Segment(limit: 0xFFFF, accessRights: 0x93)
        }
        state.segments.tr = Segment(limit: 0xFFFF, accessRights: 0x8B)
        state.segments.ldt = Segment(limit: 0xFFFF, accessRights: 0x82)
        state.gdt.limit = 0xFFFF
        state.idt.limit = 0xFFFF
        state.control.cr0 = 0x6000_0010
        state.control.apicBase = 0xFEE0_0900
        state.control.xcr0 = 1
        state.debug.status = 0xFFFF_0FF0
        state.debug.control = 0x400
        return state
    }

    /// The state in which a flat real-mode image is entered: as after ``reset(signature:)``, but executing at `address`
    /// with all segments 0, and the stack below the image as the PC's firmware leaves it for a boot sector.
    ///
    /// - Parameter address: below 64 KiB.
    public static func realMode(entry address: UInt16, signature: UInt32) -> Self {
        var state = reset(signature: signature)
        state.segments.cs = Segment(limit: 0xFFFF, accessRights: 0x9B)
        state.rip = UInt64(address)
        state[.rdx] = 0
        state[.rsp] = UInt64(address)
        return state
    }
}
