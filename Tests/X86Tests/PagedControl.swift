import X86

extension ProcessorState.ControlRegisters {
    /// Those of protected mode with paging on.
    static func paging(cr3: UInt64, cr4: UInt64, efer: UInt64) -> Self {
        var control = ProcessorState().control
        control.cr0 = 0x8000_0001
        (control.cr3, control.cr4, control.efer) = (cr3, cr4, efer)
        return control
    }
}
