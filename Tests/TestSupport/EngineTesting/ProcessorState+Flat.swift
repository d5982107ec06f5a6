public import X86

extension ProcessorState {
    /// 32-bit protected mode without paging, flat segments, at ring 0, with all registers zero.
    public static var flat32: Self {
        var state = Self()
        state.control.cr0 = 0x21
        state.segments.cs = .init(limit: .max, selector: 8, accessRights: 0xC09B)
        for data in [\Segments.ds, \.ss] {
            state.segments[keyPath: data] = .init(limit: .max, selector: 16, accessRights: 0xC093)
        }
        return state
    }
}
