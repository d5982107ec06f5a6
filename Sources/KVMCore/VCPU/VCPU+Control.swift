import CKVM
public import X86

extension VCPU {
    // MARK: Interrupts

    /// Delivers an external interrupt at the next entry (`KVM_INTERRUPT`).
    ///
    /// For VMs without an interrupt controller in the kernel. ``readyForInterruptInjection`` must be true.
    public mutating func interrupt(vector: UInt8) throws(KVMError) {
        try descriptor.call(.interrupt, reading: kvm_interrupt(irq: UInt32(vector)), about: "vector \(vector)")
        freshRegisters.remove(.events)
    }

    /// Queues a non-maskable interrupt (`KVM_NMI`).
    public mutating func nmi() throws(KVMError) {
        try descriptor.call(.nmi)
        freshRegisters.remove(.events)
    }

    /// Asks for ``VCPUExit/interruptWindowOpen`` as soon as the guest can take an interrupt.
    public var requestsInterruptWindow: Bool {
        // SAFETY (this and the next four): the run page is mapped while this value lives, and these are plain memory in
        // it that the kernel touches only during a run, which needs the value exclusively.
        get { unsafe runPage.pointee.request_interrupt_window != 0 }
        set { unsafe runPage.pointee.request_interrupt_window = newValue ? 1 : 0 }
    }

    /// The guest could take an interrupt when the last run ended.
    public var readyForInterruptInjection: Bool { unsafe runPage.pointee.ready_for_interrupt_injection != 0 }

    /// The guest had interrupts enabled (RFLAGS.IF) when the last run ended.
    public var interruptFlag: Bool { unsafe runPage.pointee.if_flag != 0 }

    /// CR8 as the last run left it, and as the next run finds it. Setting special registers sets it too.
    public var taskPriority: UInt64 {
        get { unsafe runPage.pointee.cr8 }
        set { unsafe runPage.pointee.cr8 = newValue }
    }

    /// The guest was in system management mode when the last run ended (`KVM_RUN_X86_SMM`).
    public var isInSystemManagementMode: Bool { unsafe runPage.pointee.flags & UInt16(KVM_RUN_X86_SMM) != 0 }

    // MARK: Debugging

    /// Decides what stops the guest for a debugger (`KVM_SET_GUEST_DEBUG`). The breakpoints replace the guest's own.
    public mutating func setGuestDebug(_ debug: GuestDebug) throws(KVMError) {
        guard debug.hardwareBreakpoints.count <= 4 else {
            throw KVMError(
                operation: Request.setGuestDebug.name.description,
                argument: "\(debug.hardwareBreakpoints.count) breakpoints",
                cause: .refused("a processor has only four")
            )
        }
        try descriptor.call(.setGuestDebug, reading: debug.kernelValue)
        // A step uses RFLAGS, and what it injects is an event.
        freshRegisters.subtract([.general, .events])
    }

    /// The physical address to which the guest's paging maps a linear one; nil if it maps to none (`KVM_TRANSLATE`).
    public func translate(_ address: GuestVirtualAddress) throws(KVMError) -> GuestPhysicalAddress? {
        var value = kvm_translation()
        value.linear_address = address.rawValue
        try descriptor.call(.translate, with: &value, about: address.description)
        return value.valid != 0 ? GuestPhysicalAddress(value.physical_address) : nil
    }

    // MARK: CPUID

    /// Decides what CPUID tells the guest (`KVM_SET_CPUID2`). Not possible after the first run.
    ///
    /// KVM may show the guest something else: read it back with ``cpuid()``.
    public mutating func setCPUID(_ entries: [CPUIDEntry]) throws(KVMError) {
        let table = FlexibleArray(
            header: ckvm_cpuid_header(nent: UInt32(entries.count), padding: 0),
            elements: entries.map(\.kernelValue),
            filler: kvm_cpuid_entry2()
        )
        // SAFETY: the table has the layout of kvm_cpuid2 and as many entries as its header says.
        try unsafe descriptor.call(.setCPUID2, at: table.address, about: "\(entries.count) entries")
        // CPUID.1:ECX.XSAVE (Intel SDM vol. 2, CPUID), as the guest really sees it.
        showsXSave = try cpuid().contains { $0.function == 1 && $0.ecx & 1 << 26 != 0 }
    }

    /// What CPUID tells the guest (`KVM_GET_CPUID2`).
    public func cpuid() throws(KVMError) -> [CPUIDEntry] {
        try descriptor.cpuidTable(.getCPUID2)
    }

    // MARK: Capabilities

    /// Enables a capability that is off by default (`KVM_ENABLE_CAP` on the vCPU).
    public mutating func enable(_ capability: Capability, _ arguments: UInt64...) throws(KVMError) {
        try descriptor.enable(capability, arguments)
    }
}
