public import X86

/// Why the guest exited, with what goes with it: one case for each `KVM_EXIT_*` (KVM API documentation, section 5), and
/// two for those with a direction.
///
/// Spans give access to memory that is shared with the kernel, without a copy. The guest reads what is written into a
/// mutable span before the next run.
public enum VCPUExit: ~Copyable, ~Escapable {
    // MARK: What an x86 guest does

    /// IN or INS: `data` is one or more elements of `size` to fill (`KVM_EXIT_IO`).
    case portRead(port: Port, size: AccessSize, data: MutableRawSpan)
    /// OUT or OUTS: `data` is one or more elements of `size` (`KVM_EXIT_IO`).
    case portWrite(port: Port, size: AccessSize, data: RawSpan)
    /// A read outside memory: 1 to 8 bytes to fill (`KVM_EXIT_MMIO`).
    case memoryRead(address: GuestPhysicalAddress, data: MutableRawSpan)
    /// A write outside writable memory: 1 to 8 bytes (`KVM_EXIT_MMIO`).
    case memoryWrite(address: GuestPhysicalAddress, data: RawSpan)
    /// RDMSR that was not allowed: answer with ``VCPU/answerMSRRead(_:)`` or ``VCPU/refuseMSRAccess()``
    /// (`KVM_EXIT_X86_RDMSR`).
    case msrRead(number: MSRNumber, reason: MSRExitReasons)
    /// WRMSR that was not allowed: counts as done unless ``VCPU/refuseMSRAccess()`` is called (`KVM_EXIT_X86_WRMSR`).
    case msrWrite(number: MSRNumber, value: UInt64, reason: MSRExitReasons)
    /// HLT without an interrupt controller in the kernel (`KVM_EXIT_HLT`).
    case halt
    /// A hypercall that KVM passes on: answer with ``VCPU/answerHypercall(_:)`` (`KVM_EXIT_HYPERCALL`).
    case hypercall(number: UInt64, arguments: Span<UInt64>, longMode: Bool)
    /// A triple fault (`KVM_EXIT_SHUTDOWN`).
    case shutdown
    /// A request for shutdown, reset or crash (`KVM_EXIT_SYSTEM_EVENT`).
    case systemEvent(type: SystemEventType, data: Span<UInt64>)

    // MARK: What KVM does on the way

    /// A single step, a breakpoint, or a debug exception (`KVM_EXIT_DEBUG`).
    case debug(DebugExit)
    /// The guest can take an interrupt now (`KVM_EXIT_IRQ_WINDOW_OPEN`).
    case interruptWindowOpen
    /// A signal ended the run; seen after ``RunOutcome/kicked`` and ``RunOutcome/interrupted`` (`KVM_EXIT_INTR`).
    case interrupted
    /// The dirty ring must be harvested and reset (`KVM_EXIT_DIRTY_RING_FULL`).
    case dirtyRingFull
    /// The guest locked the bus (`KVM_EXIT_X86_BUS_LOCK`).
    case busLock
    /// The processor did not leave the guest in time (`KVM_EXIT_NOTIFY`).
    case notify(contextIsInvalid: Bool)
    /// The task priority was lowered below what was set in ``VCPU/taskPriority`` (`KVM_EXIT_SET_TPR`).
    case taskPriorityLowered
    /// The guest reads or writes the task priority through the APIC page (`KVM_EXIT_TPR_ACCESS`).
    case taskPriorityAccess(instruction: GuestVirtualAddress, isWrite: Bool)
    /// The guest signalled the end of an interrupt with this vector, which came through the I/O APIC
    /// (`KVM_EXIT_IOAPIC_EOI`).
    case endOfInterrupt(vector: UInt8)
    /// A non-maskable interrupt of the host (`KVM_EXIT_NMI`).
    case nmi
    /// A watchdog expired (`KVM_EXIT_WATCHDOG`).
    case watchdog
    /// The processor waits in reset for its hypervisor (`KVM_EXIT_AP_RESET_HOLD`).
    case resetHold
    /// A Hyper-V call or register (`KVM_EXIT_HYPERV`).
    case hyperV(HyperVExit)
    /// A Xen hypercall: answer with ``VCPU/answerHypercall(_:)`` (`KVM_EXIT_XEN`).
    case xenHypercall(number: UInt64, arguments: Span<UInt64>, privilegeLevel: UInt32, longMode: Bool)

    /// The guest accessed memory that it cannot have in its present form: private memory as shared or the other way
    /// round, or memory with nothing behind it. Change that and run again, or give up the guest
    /// (`KVM_EXIT_MEMORY_FAULT`).
    case memoryFault(MemoryFault)
    /// A call of a trust domain: answer with ``VCPU/answerHypercall(_:)``; some calls take more answers in `data`
    /// (`KVM_EXIT_TDX`).
    case trustDomainCall(number: UInt64, flags: UInt64, data: MutableSpan<UInt64>)

    // MARK: What should not happen

    /// KVM cannot emulate an instruction. Its bytes are given if KVM knows them (`KVM_EXIT_INTERNAL_ERROR`, suberror
    /// 1).
    case emulationFailure(instruction: RawSpan, data: Span<UInt64>)
    /// KVM gave up for another reason. The kernel defines what the data mean (`KVM_EXIT_INTERNAL_ERROR`).
    case internalError(suberror: UInt32, data: Span<UInt64>)
    /// The processor did not accept the guest's state (`KVM_EXIT_FAIL_ENTRY`).
    case entryFailure(hardwareReason: UInt64, hostCPU: UInt32)
    /// The processor left the guest for a reason that KVM does not know (`KVM_EXIT_UNKNOWN`).
    case unknown(hardwareReason: UInt64)
    /// An exception that KVM passes on; no present kernel does so (`KVM_EXIT_EXCEPTION`).
    case exception(vector: UInt32, errorCode: UInt32)

    // MARK: What only other architectures do

    /// `KVM_EXIT_S390_SIEIC`.
    case s390Intercept(code: UInt8, parameterA: UInt16, parameterB: UInt32)
    /// `KVM_EXIT_S390_RESET`.
    case s390Reset(flags: UInt64)
    /// `KVM_EXIT_S390_UCONTROL`.
    case s390UserControl(exceptionCode: UInt64, programCode: UInt32)
    /// `KVM_EXIT_S390_TSCH`.
    case s390TestSubchannel(S390Subchannel)
    /// `KVM_EXIT_S390_STSI`.
    case s390StoreSystemInformation(S390SystemInformation)
    /// `KVM_EXIT_DCR`.
    case deviceControlRegister(number: UInt32, data: UInt32, isWrite: Bool)
    /// `KVM_EXIT_OSI`.
    case openSystemInterface(registers: MutableSpan<UInt64>)
    /// `KVM_EXIT_PAPR_HCALL`.
    case paprHypercall(number: UInt64, arguments: Span<UInt64>)
    /// `KVM_EXIT_EPR`.
    case externalProxy(value: UInt32)
    /// `KVM_EXIT_ARM_NISV`.
    case armAbort(syndrome: UInt64, address: GuestPhysicalAddress)
    /// `KVM_EXIT_RISCV_SBI`.
    case riscvSBI(extension: UInt64, function: UInt64, arguments: Span<UInt64>)
    /// `KVM_EXIT_RISCV_CSR`.
    case riscvCSR(number: UInt64, newValue: UInt64, writeMask: UInt64)
    /// `KVM_EXIT_LOONGARCH_IOCSR`: 1 to 8 bytes to fill.
    case loongArchRead(address: UInt64, data: MutableRawSpan)
    /// `KVM_EXIT_LOONGARCH_IOCSR`: 1 to 8 bytes.
    case loongArchWrite(address: UInt64, data: RawSpan)
    /// `KVM_EXIT_ARM_SEA`; the physical address if it is known.
    case armExternalAbort(syndrome: UInt64, address: GuestVirtualAddress, physical: GuestPhysicalAddress?)

    /// A reason that is newer than this code, or one whose data are outside the shared pages.
    case unsupported(reason: UInt32)
}
