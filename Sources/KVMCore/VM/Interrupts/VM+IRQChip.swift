import CKVM

extension VM {
    /// Puts interrupt controllers into the kernel: two 8259s, an I/O APIC and a local APIC for each vCPU
    /// (`KVM_CREATE_IRQCHIP`). Call this before making the first vCPU. ``VCPU/interrupt(vector:)`` does not work from
    /// then on.
    public mutating func createIRQChip() throws(KVMError) {
        try descriptor.call(.createIRQChip)
        hasLocalAPICs = true
    }

    /// The state of one 8259 in the kernel (`KVM_GET_IRQCHIP`).
    public func pic(_ chip: PICState.Chip) throws(KVMError) -> PICState {
        var value = kvm_irqchip()
        value.chip_id = chip.rawValue
        try descriptor.call(.getIRQChip, with: &value, about: "\(chip) PIC")
        // SAFETY (all of this file): the chip selects the member of the union; all members are plain numbers.
        return unsafe PICState(value.chip.pic)
    }

    /// Sets the state of one 8259 in the kernel (`KVM_SET_IRQCHIP`).
    public func setPIC(_ chip: PICState.Chip, _ state: PICState) throws(KVMError) {
        var value = kvm_irqchip()
        value.chip_id = chip.rawValue
        unsafe value.chip.pic = state.kernelValue
        try descriptor.call(.setIRQChip, reading: value, about: "\(chip) PIC")
    }

    /// The state of the I/O APIC in the kernel (`KVM_GET_IRQCHIP`).
    public func ioapic() throws(KVMError) -> IOAPICState {
        var value = kvm_irqchip()
        value.chip_id = UInt32(KVM_IRQCHIP_IOAPIC)
        try descriptor.call(.getIRQChip, with: &value, about: "I/O APIC")
        return unsafe IOAPICState(value.chip.ioapic)
    }

    /// Sets the state of the I/O APIC in the kernel (`KVM_SET_IRQCHIP`).
    public func setIOAPIC(_ state: IOAPICState) throws(KVMError) {
        var value = kvm_irqchip()
        value.chip_id = UInt32(KVM_IRQCHIP_IOAPIC)
        unsafe value.chip.ioapic = try state.kernelValue()
        try descriptor.call(.setIRQChip, reading: value, about: "I/O APIC")
    }
}
