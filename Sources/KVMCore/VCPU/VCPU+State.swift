extension VCPU {
    /// Saves everything.
    ///
    /// - Parameter msrs: the model-specific registers to save; one that the host lacks is an error.
    public func saveState(msrs: [MSRNumber]) throws(KVMError) -> VCPUState {
        VCPUState(
            registers: try registers(),
            specialRegisters: try specialRegisters(),
            floatingPoint: try floatingPoint(),
            xsave: features.xsaveSize > 0 ? try xsave() : nil,
            extendedControlRegisters: features.hasXCRs ? try extendedControlRegisters() : [],
            modelSpecificRegisters: try modelSpecificRegisters(msrs),
            events: try events(),
            debugRegisters: try debugRegisters(),
            mpState: try mpState()
        )
    }

    /// Sets everything, of a vCPU that has just been made as well as of one that has run.
    ///
    /// On failure part of it has been set. What the vCPU was about to do (a pending exit) is not undone: complete it
    /// before.
    public mutating func restoreState(_ state: VCPUState) throws(KVMError) {
        // The order matters: XCR0 decides which components XSAVE may hold, the mode (SREGS) what the MSRs may hold, and
        // setting registers clears pending exceptions, so the events come last.
        try setMPState(state.mpState)
        if features.hasXCRs { try setExtendedControlRegisters(state.extendedControlRegisters) }
        try setSpecialRegisters(state.specialRegisters)
        try setRegisters(state.registers)
        try setFloatingPoint(state.floatingPoint)
        if let xsave = state.xsave { try setXSave(xsave) }
        try setModelSpecificRegisters(state.modelSpecificRegisters)
        try setDebugRegisters(state.debugRegisters)
        try setEvents(state.events)
    }
}
