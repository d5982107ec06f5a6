import CKVM
import X86

extension VCPU {
    /// The exits that a recorded guest does not normally take.
    @_lifetime(&self)
    mutating func rareExit(_ reason: UInt32) -> VCPUExit {
        // SAFETY (all of this file): as in `exit`.
        switch Int32(truncatingIfNeeded: reason) {
        case KVM_EXIT_EXCEPTION:
            let payload = unsafe ckvm_run_ex(runPage).pointee
            return .exception(vector: payload.exception, errorCode: payload.error_code)
        case KVM_EXIT_HYPERCALL:
            let payload = unsafe ckvm_run_hypercall(runPage)
            let arguments = unsafe lendWords(ckvm_run_hypercall_args(runPage), 6)
            return .hypercall(
                number: unsafe payload.pointee.nr,
                arguments: arguments,
                longMode: unsafe payload.pointee.longmode != 0
            )
        case KVM_EXIT_SYSTEM_EVENT:
            let payload = unsafe ckvm_run_system_event(runPage)
            let data = unsafe lendWords(ckvm_run_system_event_data(runPage), min(Int(payload.pointee.ndata), 16))
            return .systemEvent(type: SystemEventType(rawValue: unsafe payload.pointee.type), data: data)
        case KVM_EXIT_SET_TPR: return .taskPriorityLowered
        case KVM_EXIT_TPR_ACCESS:
            let payload = unsafe ckvm_run_tpr_access(runPage).pointee
            return .taskPriorityAccess(
                instruction: GuestVirtualAddress(payload.rip),
                isWrite: payload.is_write != 0
            )
        case KVM_EXIT_IOAPIC_EOI: return .endOfInterrupt(vector: unsafe ckvm_run_eoi(runPage).pointee.vector)
        case KVM_EXIT_NMI: return .nmi
        case KVM_EXIT_WATCHDOG: return .watchdog
        case KVM_EXIT_AP_RESET_HOLD: return .resetHold
        case KVM_EXIT_X86_BUS_LOCK: return .busLock
        case KVM_EXIT_NOTIFY:
            let flags = unsafe ckvm_run_notify(runPage).pointee.flags
            return .notify(contextIsInvalid: flags & UInt32(KVM_NOTIFY_CONTEXT_INVALID) != 0)
        case KVM_EXIT_HYPERV: return .hyperV(hyperVExit())
        case KVM_EXIT_XEN: return xenExit()
        case KVM_EXIT_MEMORY_FAULT:
            let payload = unsafe ckvm_run_memory_fault(runPage).pointee
            return .memoryFault(
                MemoryFault(
                    flags: MemoryFault.Flags(rawValue: payload.flags),
                    address: GuestPhysicalAddress(payload.gpa),
                    size: payload.size
                )
            )
        case KVM_EXIT_TDX: return trustDomainExit()
        default: return foreignExit(reason)
        }
    }

    private func hyperVExit() -> HyperVExit {
        let payload = unsafe ckvm_run_hyperv(runPage)
        switch Int32(truncatingIfNeeded: unsafe payload.pointee.type) {
        case KVM_EXIT_HYPERV_SYNIC:
            let synic = unsafe payload.pointee.u.synic
            return .syntheticInterrupts(
                msr: MSRNumber(synic.msr),
                control: synic.control,
                eventPage: synic.evt_page,
                messagePage: synic.msg_page
            )
        case KVM_EXIT_HYPERV_HCALL:
            let call = unsafe payload.pointee.u.hcall
            return .hypercall(input: call.input, parameters: [call.params.0, call.params.1])
        case KVM_EXIT_HYPERV_SYNDBG:
            let debugger = unsafe payload.pointee.u.syndbg
            return .debugger(
                msr: MSRNumber(debugger.msr),
                control: debugger.control,
                status: debugger.status,
                sendPage: debugger.send_page,
                receivePage: debugger.recv_page,
                pendingPage: debugger.pending_page
            )
        default: return .unsupported(type: unsafe payload.pointee.type)
        }
    }

    @_lifetime(&self)
    private mutating func xenExit() -> VCPUExit {
        let payload = unsafe ckvm_run_xen(runPage)
        guard unsafe payload.pointee.type == UInt32(KVM_EXIT_XEN_HCALL) else {
            return .unsupported(reason: UInt32(KVM_EXIT_XEN))
        }
        let call = unsafe payload.pointee.u.hcall
        let arguments = unsafe lendWords(ckvm_run_xen_params(runPage), 6)
        return .xenHypercall(
            number: call.input,
            arguments: arguments,
            privilegeLevel: call.cpl,
            longMode: call.longmode != 0
        )
    }

    @_lifetime(&self)
    private mutating func trustDomainExit() -> VCPUExit {
        let payload = unsafe ckvm_run_tdx(runPage).pointee
        let data = unsafe MutableSpan(_unsafeStart: ckvm_run_tdx_data(runPage), count: 5)
        return .trustDomainCall(
            number: payload.nr,
            flags: payload.flags,
            data: unsafe _overrideLifetime(data, mutating: &self)
        )
    }
}
