public import X86

/// Parts of the state that are looked at or changed between two exits.
extension SoftCPU {
    /// Offset of the next instruction in the code segment; of the one under way, if there is one.
    public var instructionPointer: UInt64 {
        get { cpu.state.ip }
        set { cpu.state.ip = newValue }
    }

    /// Offset in the code segment of what is behind the instruction that was given an answer last and has been finished: where
    /// it has trapped, ``instructionPointer`` is at the handler.
    public var endOfInstruction: UInt64 { cpu.state.watching.endOfStep }

    /// Linear address of the code segment's first byte, as far as code addresses have one.
    public var codeBase: UInt64 { cpu.state.mode.hasFlatCode ? 0 : cpu.state.segments[SegmentNumber.cs].base }

    /// RFLAGS.
    public var flags: UInt64 {
        get { cpu.flagsBetweenTurns }
        set { cpu.flags = newValue }
    }

    /// A general register, by its number in the encoding of instructions.
    public subscript(_ register: GeneralRegister) -> UInt64 {
        get { cpu.state.general[register.rawValue] }
        set { cpu.state.general[register.rawValue] = newValue }
    }

    /// CR8.
    public var taskPriority: UInt8 {
        get { UInt8(truncatingIfNeeded: cpu.state.cr8) }
        set { cpu.state.cr8 = UInt64(newValue & 15) }
    }

    /// The leaves of CPUID that have been read since the processor was made; nil if they were too many to be kept.
    public var readLeaves: Set<UInt32>? { cpu.around.readLeaves }

    /// IA32_APIC_BASE.
    public var apicBase: UInt64 {
        get { cpu.state.apicBase }
        set { cpu.state.apicBase = newValue }
    }

    /// Whether address line 20 is masked; see ``AddressLine20``.
    public var masksAddressLine20: Bool {
        get { cpu.state.masksAddressLine20 }
        set {
            cpu.state.masksAddressLine20 = newValue
            cpu.flushTranslations()
        }
    }

    /// The state but for register files, model-specific registers and XCR0, which cost more.
    public var executionState: ProcessorState { cpu.executionState }

    /// Whether the next run begins an instruction again that has been given an answer.
    public var isInstructionUnderWay: Bool { cpu.state.answerCount > 0 }

    /// Whether the last exit is an element of a repeated INS or OUTS that others follow.
    public var hasMoreElements: Bool { cpu.state.exit.hasMoreElements }

    /// Whether a non-maskable interrupt waits that the processor takes as soon as it can.
    public var hasNonMaskableWaiting: Bool {
        get { cpu.state.nmiPending }
        set { cpu.state.nmiPending = newValue }
    }

    /// Whether the processor is in the handler of a non-maskable interrupt.
    public var masksNonMaskable: Bool { cpu.state.nmiMasked }

    /// Goes on behind HLT.
    public func wake() { cpu.state.isHalted = false }

    /// Forgets the answers of the instruction under way, which has changed nothing yet.
    public func forgetAnswers() {
        cpu.state.answerCount = 0
        cpu.state.isRefused = false
    }

    /// Takes over a whole state, but for an exception or interrupt that is under way in it, which ``deliver(_:)`` takes.
    public func load(_ state: ProcessorState) {
        forgetAnswers()
        cpu.state.bounce.isReporting = false
        cpu.state.watching.hit = nil
        stoppedAt = nil
        cpu.load(state)
    }

    /// Delivers an exception or interrupt that is under way, which counts as one instruction.
    public func deliver(_ pending: ProcessorState.PendingEvents) {
        guard pending.exception != nil || pending.interrupt != nil || pending.nmiInjected else { return }
        cpu.deliverPending(pending)
        countDelivery()
    }

    /// Counts the delivery of an interruption, which is one instruction.
    func countDelivery() {
        executed &+= 1
        if cpu.state.watching.hasTransfers { cpu.countTransfers(executed) }
    }

    /// Lets ``stops`` end a run only where the general registers, in the order of their numbers, RIP and RFLAGS are these; nil
    /// lets them end it always. Costs running nothing.
    public var soughtRegisters: [UInt64]? {
        get { cpu.around.sought }
        set { cpu.seek(newValue) }
    }
}
