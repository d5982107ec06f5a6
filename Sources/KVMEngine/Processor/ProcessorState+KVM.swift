internal import Engine
internal import KVMCore
internal import X86

extension ProcessorState {
    /// A KVM state in the host-independent form.
    init(_ kvm: VCPUState, layout: ExtendedStateLayout) {
        self.init(kvm.registers, kvm.specialRegisters, kvm.debugRegisters, kvm.events)
        control.xcr0 = kvm.extendedControlRegisters.first { $0.number == 0 }?.value ?? 0
        if let xsave = kvm.xsave { extended = layout.extendedState(of: xsave.bytes) }
        modelSpecific.reserveCapacity(kvm.modelSpecificRegisters.count)
        for entry in kvm.modelSpecificRegisters { modelSpecific[entry.number.rawValue] = entry.value }
        activity = kvm.mpState == .halted ? .halted : .running
    }

    /// What decides how the next instruction executes.
    init(
        _ registers: Registers,
        _ special: SpecialRegisters,
        _ debugRegisters: KVMCore.DebugRegisters,
        _ events: VCPUEvents
    ) {
        self.init()
        general = registers.general
        rip = registers.rip
        rflags = registers.rflags
        segments = special.segments
        gdt = DescriptorTable(base: special.gdt.base, limit: special.gdt.limit)
        idt = DescriptorTable(base: special.idt.base, limit: special.idt.limit)
        control = special.control
        simplifyNullStack()
        debug.address = (0..<4).map { debugRegisters.addresses[$0] }
        debug.status = debugRegisters.status
        debug.control = debugRegisters.control
        pending = PendingEvents(events)
    }
}

extension ProcessorState {
    /// Makes a null stack segment unusable in 64-bit mode, which looks at nothing of it: some processors make one of 4 GiB of it
    /// when IRET loads it.
    mutating func simplifyNullStack() {
        let (longModeActive, longCode): (UInt64, UInt32) = (1 << 10, 1 << 13)
        guard control.efer & longModeActive != 0, segments.cs.accessRights & longCode != 0 else { return }
        guard segments.ss.selector & ~3 == 0, segments.ss.accessRights & Segment.unusable == 0 else { return }
        segments.ss = Segment(limit: 0, selector: segments.ss.selector, accessRights: Segment.unusable)
    }
}

extension VCPUState {
    /// Takes over a state; `self` tells what this host has.
    mutating func set(_ state: ProcessorState, layout: ExtendedStateLayout) throws(EngineError) {
        registers.general = state.general
        registers.rip = state.rip
        registers.rflags = state.rflags
        specialRegisters.segments = state.segments
        specialRegisters.gdt = DescriptorTable(base: state.gdt.base, limit: state.gdt.limit)
        specialRegisters.idt = DescriptorTable(base: state.idt.base, limit: state.idt.limit)
        specialRegisters.control = state.control
        specialRegisters.interruptBitmap = SIMD4()
        if extendedControlRegisters.isEmpty {
            guard state.control.xcr0 <= 1 else { throw .hostLacks("XCR0, which the guest uses") }
        } else {
            extendedControlRegisters = [ExtendedControlRegister(number: 0, value: max(1, state.control.xcr0))]
        }
        let addresses = state.debug.address
        debugRegisters.addresses = SIMD4(addresses[0], addresses[1], addresses[2], addresses[3])
        debugRegisters.status = state.debug.status
        debugRegisters.control = state.debug.control
        if let size = xsave?.bytes.count {
            xsave = XSaveArea(bytes: try layout.area(of: state.extended, size: size))
        }
        modelSpecificRegisters = state.modelSpecific.sorted { $0.key < $1.key }.map {
            MSREntry(MSRNumber($0.key), $0.value)
        }
        events = VCPUEvents(state.pending)
        mpState = state.activity == .halted ? .halted : .runnable
    }
}

extension ProcessorState.Segment {
    /// Access-rights bit: the segment cannot be used.
    fileprivate static let unusable: UInt32 = 1 << 16

    /// The register of the local descriptor table. A null selector makes it unusable, but some processors only give it a limit of
    /// 0. There is no room for a descriptor then, so no instruction can tell the difference.
    init(localTable segment: KVMCore.Segment) {
        self.init(segment)
        if selector & ~3 == 0, limit < 7 { accessRights = Self.unusable }
    }

    init(_ segment: KVMCore.Segment) {
        self.init(base: segment.base, limit: segment.limit, selector: segment.selector)
        // The rest of an unusable segment differs between processors, and the guest cannot see it.
        guard !segment.isUnusable else {
            accessRights = Self.unusable
            return
        }
        var rights = UInt32(segment.type) | UInt32(segment.privilegeLevel) << 5
        if segment.isCodeOrData { rights |= 1 << 4 }
        if segment.isPresent { rights |= 1 << 7 }
        if segment.availableBit { rights |= 1 << 12 }
        if segment.isLong { rights |= 1 << 13 }
        if segment.isDefault32 { rights |= 1 << 14 }
        if segment.isPageGranular { rights |= 1 << 15 }
        accessRights = rights
    }
}

extension KVMCore.Segment {
    init(_ segment: ProcessorState.Segment) {
        let rights = segment.accessRights
        self.init(
            base: segment.base,
            limit: segment.limit,
            selector: segment.selector,
            type: UInt8(rights & 0xF),
            isPresent: rights & 1 << 7 != 0,
            privilegeLevel: UInt8(rights >> 5 & 3),
            isDefault32: rights & 1 << 14 != 0,
            isCodeOrData: rights & 1 << 4 != 0,
            isLong: rights & 1 << 13 != 0,
            isPageGranular: rights & 1 << 15 != 0,
            availableBit: rights & 1 << 12 != 0,
            isUnusable: rights & 1 << 16 != 0
        )
    }
}

extension ProcessorState.PendingEvents {
    fileprivate init(_ events: VCPUEvents) {
        self.init()
        if events.exception.injected || events.exception.pending {
            exception = Exception(
                vector: events.exception.vector,
                errorCode: events.exception.hasErrorCode ? events.exception.errorCode : nil,
                injected: events.exception.injected,
                payload: events.exception.hasPayload ? events.exception.payload : nil
            )
        }
        if events.interrupt.injected {
            interrupt = Interrupt(vector: events.interrupt.vector, soft: events.interrupt.soft)
        }
        nmiInjected = events.nmi.injected
        nmiPending = events.nmi.pending > 0
        nmiMasked = events.nmi.masked
        interruptShadow = InterruptShadow(rawValue: events.interrupt.shadow)
    }
}

extension VCPUEvents {
    init(_ pending: ProcessorState.PendingEvents) {
        self.init()
        if let exception = pending.exception {
            self.exception.injected = exception.injected
            self.exception.pending = !exception.injected
            self.exception.vector = exception.vector
            self.exception.hasErrorCode = exception.errorCode != nil
            self.exception.errorCode = exception.errorCode ?? 0
            self.exception.hasPayload = exception.payload != nil
            self.exception.payload = exception.payload ?? 0
        }
        if let interrupt = pending.interrupt {
            self.interrupt.injected = true
            self.interrupt.vector = interrupt.vector
            self.interrupt.soft = interrupt.soft
        }
        nmi.injected = pending.nmiInjected
        nmi.pending = pending.nmiPending ? 1 : 0
        nmi.masked = pending.nmiMasked
        interrupt.shadow = pending.interruptShadow.rawValue
        validFields = [.nmiPending, .shadow]
    }
}
