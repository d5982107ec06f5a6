import CKVM

extension VCPU {
    /// General registers (`KVM_GET_REGS`).
    public func registers() throws(KVMError) -> Registers {
        var value = kvm_regs()
        try descriptor.call(.getRegisters, with: &value)
        return Registers(value)
    }

    /// Sets general registers (`KVM_SET_REGS`). Clears a pending exception.
    public mutating func setRegisters(_ registers: Registers) throws(KVMError) {
        try descriptor.call(.setRegisters, reading: registers.kernelValue)
        dropSynced(.general)
        freshRegisters.remove(.events)
    }

    /// Segment, table and control registers (`KVM_GET_SREGS2` if the host has it, otherwise `KVM_GET_SREGS`).
    public func specialRegisters() throws(KVMError) -> SpecialRegisters {
        if features.hasSpecialRegisters2 {
            var value = kvm_sregs2()
            try descriptor.call(.getSpecialRegisters2, with: &value)
            return SpecialRegisters(value)
        }
        var value = kvm_sregs()
        try descriptor.call(.getSpecialRegisters, with: &value)
        return SpecialRegisters(value)
    }

    /// Sets segment, table and control registers (`KVM_SET_SREGS2` if the host has it, otherwise `KVM_SET_SREGS`).
    public mutating func setSpecialRegisters(_ registers: SpecialRegisters) throws(KVMError) {
        if features.hasSpecialRegisters2 {
            try descriptor.call(.setSpecialRegisters2, reading: registers.kernelValue2)
        } else {
            try descriptor.call(.setSpecialRegisters, reading: registers.kernelValue)
        }
        dropSynced(.special)
        freshRegisters.remove(.events)
        // Without an interrupt controller in the kernel each run takes CR8 from kvm_run.
        taskPriority = registers.cr8
    }

    /// x87 and SSE registers (`KVM_GET_FPU`).
    public func floatingPoint() throws(KVMError) -> FloatingPointState {
        var value = kvm_fpu()
        try descriptor.call(.getFPU, with: &value)
        return FloatingPointState(value)
    }

    /// Sets x87 and SSE registers (`KVM_SET_FPU`).
    public mutating func setFloatingPoint(_ state: FloatingPointState) throws(KVMError) {
        try descriptor.call(.setFPU, reading: try state.kernelValue())
    }

    /// Everything that XSAVE saves (`KVM_GET_XSAVE2` if the host has it, otherwise `KVM_GET_XSAVE`).
    public func xsave() throws(KVMError) -> XSaveArea {
        let size = max(features.xsaveSize, XSaveArea.minimumSize)
        // Zeroed in place: the initializer that repeats an element takes a third as long as the whole call.
        var bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            // SAFETY: the buffer has room for that many bytes, and all of them are initialised.
            unsafe buffer.initialize(repeating: 0)
            count = size
        }
        var span = bytes.mutableSpan
        // SAFETY: any byte is a valid element; the host has said that it writes this many.
        var raw = unsafe span.mutableBytes
        try descriptor.call(features.hasXSave2 ? .getXSave2 : .getXSave, withBytes: &raw)
        return XSaveArea(bytes: bytes)
    }

    /// Sets everything that XSAVE saves (`KVM_SET_XSAVE`). The area must have the size that this host uses.
    public mutating func setXSave(_ area: XSaveArea) throws(KVMError) {
        let size = max(features.xsaveSize, XSaveArea.minimumSize)
        guard area.bytes.count == size else {
            throw KVMError(
                operation: Request.setXSave.name.description,
                argument: "\(area.bytes.count) bytes",
                cause: .refused("the area has \(size) bytes on this host")
            )
        }
        var bytes = area.bytes
        var span = bytes.mutableSpan
        // SAFETY: the host only reads the bytes, and as many as it has announced.
        var raw = unsafe span.mutableBytes
        try descriptor.call(.setXSave, withBytes: &raw)
    }

    /// Extended control registers (`KVM_GET_XCRS`).
    public func extendedControlRegisters() throws(KVMError) -> [ExtendedControlRegister] {
        var value = kvm_xcrs()
        try descriptor.call(.getXCRs, with: &value)
        return unsafe withUnsafeBytes(of: value.xcrs) { buffer in
            // SAFETY: the tuple is KVM_MAX_XCRS whole kvm_xcr.
            unsafe buffer.bindMemory(to: kvm_xcr.self).prefix(Int(value.nr_xcrs)).map {
                ExtendedControlRegister(number: $0.xcr, value: $0.value)
            }
        }
    }

    /// Sets extended control registers (`KVM_SET_XCRS`).
    public mutating func setExtendedControlRegisters(_ registers: [ExtendedControlRegister]) throws(KVMError) {
        guard registers.count <= Int(KVM_MAX_XCRS) else {
            throw KVMError(
                operation: Request.setXCRs.name.description,
                argument: "\(registers.count) registers",
                cause: .refused("there are at most \(KVM_MAX_XCRS)")
            )
        }
        var value = kvm_xcrs()
        value.nr_xcrs = UInt32(registers.count)
        unsafe withUnsafeMutableBytes(of: &value.xcrs) { buffer in
            // SAFETY: the tuple is KVM_MAX_XCRS whole kvm_xcr, and no more are written by the check above.
            let entries = unsafe buffer.bindMemory(to: kvm_xcr.self)
            for (index, register) in registers.enumerated() {
                unsafe entries[index] = kvm_xcr(xcr: register.number, reserved: 0, value: register.value)
            }
        }
        try descriptor.call(.setXCRs, reading: value, about: "\(registers)")
    }

    /// Model-specific registers (`KVM_GET_MSRS`).
    ///
    /// - Throws: an error that names the first register that the host lacks.
    public func modelSpecificRegisters(_ numbers: [MSRNumber]) throws(KVMError) -> [MSREntry] {
        try descriptor.readMSRs(numbers)
    }

    /// Sets model-specific registers in the given order (`KVM_SET_MSRS`).
    ///
    /// - Throws: an error that names the first register that the host lacks or whose value it refuses. Those before it
    ///   are set.
    public mutating func setModelSpecificRegisters(_ entries: [MSREntry]) throws(KVMError) {
        // Some are special registers under another name.
        freshRegisters.remove(.special)
        try descriptor.writeMSRs(entries)
    }

    /// What is on its way into the processor (`KVM_GET_VCPU_EVENTS`).
    public func events() throws(KVMError) -> VCPUEvents {
        var value = kvm_vcpu_events()
        try descriptor.call(.getVCPUEvents, with: &value)
        return VCPUEvents(value)
    }

    /// Sets what is on its way into the processor (`KVM_SET_VCPU_EVENTS`).
    public mutating func setEvents(_ events: VCPUEvents) throws(KVMError) {
        try descriptor.call(.setVCPUEvents, reading: events.kernelValue)
        dropSynced(.events)
    }

    /// The guest's debug registers (`KVM_GET_DEBUGREGS`).
    public func debugRegisters() throws(KVMError) -> DebugRegisters {
        var value = kvm_debugregs()
        try descriptor.call(.getDebugRegisters, with: &value)
        return DebugRegisters(value)
    }

    /// Sets the guest's debug registers (`KVM_SET_DEBUGREGS`).
    public mutating func setDebugRegisters(_ registers: DebugRegisters) throws(KVMError) {
        try descriptor.call(.setDebugRegisters, reading: registers.kernelValue)
    }

    /// Whether it executes or waits (`KVM_GET_MP_STATE`).
    public func mpState() throws(KVMError) -> MPState {
        var value = kvm_mp_state()
        try descriptor.call(.getMPState, with: &value)
        return MPState(rawValue: value.mp_state)
    }

    /// Sets whether it executes or waits (`KVM_SET_MP_STATE`). Without an interrupt controller in the kernel only
    /// ``MPState/runnable`` is accepted.
    public mutating func setMPState(_ state: MPState) throws(KVMError) {
        try descriptor.call(.setMPState, reading: kvm_mp_state(mp_state: state.rawValue), about: "\(state.rawValue)")
    }
}
