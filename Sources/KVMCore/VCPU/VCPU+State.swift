extension VCPU {
    /// Saves everything. Register sets in ``freshRegisters`` are taken from the run page, which saves a call for each.
    /// This is not done if an interrupt controller in the kernel may change them.
    ///
    /// - Parameter msrs: the model-specific registers to save; one that the host lacks is an error.
    public func saveState(msrs: [MSRNumber]) throws(KVMError) -> VCPUState {
        let fresh = features.hasLocalAPIC ? [] : freshRegisters
        return VCPUState(
            registers: fresh.contains(.general) ? syncedRegisters : try registers(),
            specialRegisters: try fresh.contains(.special) ? freshSpecialRegisters() : specialRegisters(),
            floatingPoint: features.xsaveSize > 0 ? nil : try floatingPoint(),
            xsave: features.xsaveSize > 0 ? try xsave() : nil,
            extendedControlRegisters: try savedExtendedControlRegisters(),
            modelSpecificRegisters: try modelSpecificRegisters(msrs),
            events: fresh.contains(.events) ? syncedEvents : try events(),
            debugRegisters: try debugRegisters(),
            mpState: features.hasLocalAPIC ? try mpState() : .runnable
        )
    }

    private func savedExtendedControlRegisters() throws(KVMError) -> [ExtendedControlRegister] {
        guard features.hasXCRs else { return [] }
        return showsXSave ? try extendedControlRegisters() : [ExtendedControlRegister(number: 0, value: 1)]
    }

    private func freshSpecialRegisters() throws(KVMError) -> SpecialRegisters {
        var registers = syncedSpecialRegisters
        guard features.hasSpecialRegisters2 else { return registers }
        // kvm_run carries the older structure: it lacks the page-directory pointers, and it has an interrupt that the
        // events contain too.
        if registers.usesPageDirectoryPointers { return try specialRegisters() }
        registers.interruptBitmap = SIMD4()
        return registers
    }

    /// Sets everything, for a vCPU that was just made as well as for one that has run.
    ///
    /// On failure, part of it has been set. This does not undo what the vCPU was about to do (a pending exit): complete
    /// that first.
    public mutating func restoreState(_ state: VCPUState) throws(KVMError) {
        // The order matters. XCR0 decides which components XSAVE may hold, and the mode (SREGS) decides what the MSRs
        // may hold. Setting registers clears pending exceptions, so the events come last.
        try setMPState(state.mpState)
        if features.hasXCRs { try setExtendedControlRegisters(state.extendedControlRegisters) }
        try setSpecialRegisters(state.specialRegisters)
        try setRegisters(state.registers)
        if let floatingPoint = state.floatingPoint { try setFloatingPoint(floatingPoint) }
        if let xsave = state.xsave { try setXSave(xsave) }
        try setModelSpecificRegisters(state.modelSpecificRegisters)
        try setDebugRegisters(state.debugRegisters)
        try setEvents(state.events)
    }
}
