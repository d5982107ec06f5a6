internal import X86

extension CPU {
    /// The whole state in the form that traces keep.
    var processorState: ProcessorState {
        var result = executionState
        result.control.xcr0 = state.xcr0
        result.extended = state.vector.extendedState
        result.modelSpecific = modelSpecificValues
        return result
    }

    /// The state but for what costs more: register files, model-specific registers and XCR0.
    var executionState: ProcessorState {
        var result = ProcessorState()
        for number in 0..<16 { result.general[number] = state.general[number] }
        result.rip = state.ip
        result.rflags = flagsBetweenTurns
        result.segments.es = state.segments[SegmentNumber.es]
        result.segments.cs = state.segments[SegmentNumber.cs]
        result.segments.ss = state.segments[SegmentNumber.ss]
        result.segments.ds = state.segments[SegmentNumber.ds]
        result.segments.fs = state.segments[SegmentNumber.fs]
        result.segments.gs = state.segments[SegmentNumber.gs]
        result.segments.tr = state.segments[SegmentNumber.tr]
        result.segments.ldt = state.segments[SegmentNumber.ldtr]
        result.gdt = state.gdt
        result.idt = state.idt
        result.control.cr0 = state.cr0
        result.control.cr2 = state.cr2
        result.control.cr3 = state.cr3
        result.control.cr4 = state.cr4
        result.control.cr8 = state.cr8
        result.control.efer = state.efer
        result.control.apicBase = state.apicBase
        for index in 0..<4 { result.control.pageDirectoryPointers[index] = state.pageDirectoryPointers[index] }
        for index in 0..<4 { result.debug.address[index] = state.debug[index] }
        result.debug.status = state.debug[6]
        result.debug.control = state.debug[7]
        result.pending.interruptShadow = .init(rawValue: state.shadow)
        result.pending.nmiMasked = state.nmiMasked
        result.pending.nmiPending = state.nmiPending
        result.masksAddressLine20 = state.masksAddressLine20
        result.activity = state.isHalted ? .halted : .running
        return result
    }

    /// Takes over a whole state, but for an exception or interrupt that is under way in it: see ``deliverPending(_:)``.
    func load(_ new: ProcessorState) {
        for number in 0..<16 { state.general[number] = new.general[number] }
        state.ip = new.rip
        flags = new.rflags
        state.segments[SegmentNumber.es] = new.segments.es
        state.segments[SegmentNumber.cs] = new.segments.cs
        state.segments[SegmentNumber.ss] = new.segments.ss
        state.segments[SegmentNumber.ds] = new.segments.ds
        state.segments[SegmentNumber.fs] = new.segments.fs
        state.segments[SegmentNumber.gs] = new.segments.gs
        state.segments[SegmentNumber.tr] = new.segments.tr
        state.segments[SegmentNumber.ldtr] = new.segments.ldt
        state.gdt = new.gdt
        state.idt = new.idt
        state.cr0 = new.control.cr0
        state.cr2 = new.control.cr2
        state.cr3 = new.control.cr3
        state.cr4 = new.control.cr4
        state.cr8 = new.control.cr8
        state.efer = new.control.efer
        state.apicBase = new.control.apicBase
        state.xcr0 = new.control.xcr0
        for index in 0..<4 { state.pageDirectoryPointers[index] = new.control.pageDirectoryPointers[index] }
        for index in 0..<4 { state.debug[index] = new.debug.address[index] }
        state.debug[6] = new.debug.status
        state.debug[7] = new.debug.control
        state.vector.load(new.extended)
        loadModelSpecific(new.modelSpecific)
        state.shadow = new.pending.interruptShadow.rawValue
        state.nmiMasked = new.pending.nmiMasked
        state.nmiPending = new.pending.nmiPending
        state.masksAddressLine20 = new.masksAddressLine20
        state.isHalted = new.activity == .halted
        let isVirtual = new.rflags & Flag.virtual8086 != 0
        state.privilege =
            !isProtected ? 0 : isVirtual ? 3 : new.segments.ss.descriptorPrivilege
        state.watching.debugHits = 0
        state.watching.isBetweenTurns = false
        state.leaveReason = .none
        flushTranslations()
        updateBreakpoints()
    }

    /// Delivers the exception or interrupt that is under way in a state.
    func deliverPending(_ pending: ProcessorState.PendingEvents) {
        if let exception = pending.exception {
            deliverException(
                Fault(
                    vector: exception.vector,
                    hasErrorCode: exception.errorCode != nil,
                    errorCode: exception.errorCode ?? 0,
                    payload: exception.payload ?? state.cr2
                )
            )
        } else if let interrupt = pending.interrupt {
            deliverInterrupt(interrupt.vector)
        } else if pending.nmiInjected {
            deliverNonMaskable()
        }
    }
}

extension VectorRegisters {
    /// The x87 and SSE components as XSAVE has them; one in its initial configuration is absent.
    var extendedState: ProcessorState.ExtendedState {
        var result = ProcessorState.ExtendedState()
        result.mxcsr = mxcsr
        var sse: [UInt8] = []
        for index in 0..<256 { sse.append(UInt8(truncatingIfNeeded: xmm[index / 8] >> UInt64(8 * (index % 8)))) }
        if sse.contains(where: { $0 != 0 }) { result.components[1] = sse }
        let x87 = x87Bytes
        if x87 != VectorRegisters().x87Bytes { result.components[0] = x87 }
        return result
    }

    /// The first 160 bytes of the FXSAVE area, without MXCSR and its mask.
    private var x87Bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 152)
        func put(_ value: UInt64, _ count: Int, at offset: Int) {
            for index in 0..<count { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
        }
        put(UInt64(controlWord), 2, at: 0)
        put(UInt64(statusWord), 2, at: 2)
        put(UInt64(tags), 1, at: 4)
        put(UInt64(lastOpcode), 2, at: 6)
        put(lastIP, 8, at: 8)
        put(lastData, 8, at: 16)
        for index in 0..<8 {
            put(significands[(top + index) & 7], 8, at: 24 + 16 * index)
            put(UInt64(exponents[(top + index) & 7]), 2, at: 32 + 16 * index)
        }
        return bytes
    }

    /// Takes the x87 and SSE components over.
    mutating func load(_ new: ProcessorState.ExtendedState) {
        self = VectorRegisters()
        mxcsr = new.mxcsr
        func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
            (0..<count).reduce(0) { offset + $1 < bytes.count ? $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) : $0 }
        }
        if let sse = new.components[1] {
            for index in 0..<32 { xmm[index] = number(sse, 8 * index, 8) }
        }
        guard let x87 = new.components[0] else { return }
        setControl(UInt16(number(x87, 0, 2)), status: UInt16(number(x87, 2, 2)))
        tags = UInt8(number(x87, 4, 1))
        lastOpcode = UInt16(number(x87, 6, 2))
        lastIP = number(x87, 8, 8)
        lastData = number(x87, 16, 8)
        for index in 0..<8 {
            significands[(top + index) & 7] = number(x87, 24 + 16 * index, 8)
            exponents[(top + index) & 7] = UInt16(number(x87, 32 + 16 * index, 2))
        }
    }
}
