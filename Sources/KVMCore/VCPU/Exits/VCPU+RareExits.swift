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

    /// The exits of other architectures, decoded so that the list is whole.
    @_lifetime(&self)
    private mutating func foreignExit(_ reason: UInt32) -> VCPUExit {
        switch Int32(truncatingIfNeeded: reason) {
        case KVM_EXIT_S390_SIEIC:
            let payload = unsafe ckvm_run_s390_sieic(runPage).pointee
            return .s390Intercept(code: payload.icptcode, parameterA: payload.ipa, parameterB: payload.ipb)
        case KVM_EXIT_S390_RESET: return .s390Reset(flags: unsafe ckvm_run_s390_reset_flags(runPage).pointee)
        case KVM_EXIT_S390_UCONTROL:
            let payload = unsafe ckvm_run_s390_ucontrol(runPage).pointee
            return .s390UserControl(exceptionCode: payload.trans_exc_code, programCode: payload.pgm_code)
        case KVM_EXIT_S390_TSCH:
            let payload = unsafe ckvm_run_s390_tsch(runPage).pointee
            return .s390TestSubchannel(
                S390Subchannel(
                    identifier: payload.subchannel_id,
                    number: payload.subchannel_nr,
                    interruptParameter: payload.io_int_parm,
                    interruptWord: payload.io_int_word,
                    parameterB: payload.ipb,
                    wasDequeued: payload.dequeued != 0
                )
            )
        case KVM_EXIT_S390_STSI:
            let payload = unsafe ckvm_run_s390_stsi(runPage).pointee
            return .s390StoreSystemInformation(
                S390SystemInformation(
                    address: payload.addr,
                    accessRegister: payload.ar,
                    functionCode: payload.fc,
                    selector1: payload.sel1,
                    selector2: payload.sel2
                )
            )
        case KVM_EXIT_DCR:
            let payload = unsafe ckvm_run_dcr(runPage).pointee
            return .deviceControlRegister(number: payload.dcrn, data: payload.data, isWrite: payload.is_write != 0)
        case KVM_EXIT_OSI:
            let span = unsafe MutableSpan(_unsafeStart: ckvm_run_osi_gprs(runPage), count: 32)
            return .openSystemInterface(registers: unsafe _overrideLifetime(span, mutating: &self))
        case KVM_EXIT_PAPR_HCALL:
            let number = unsafe ckvm_run_papr_hcall(runPage).pointee.nr
            return .paprHypercall(number: number, arguments: unsafe lendWords(ckvm_run_papr_args(runPage), 9))
        case KVM_EXIT_EPR: return .externalProxy(value: unsafe ckvm_run_epr(runPage).pointee.epr)
        case KVM_EXIT_ARM_NISV:
            let payload = unsafe ckvm_run_arm_nisv(runPage).pointee
            return .armAbort(syndrome: payload.esr_iss, address: GuestPhysicalAddress(payload.fault_ipa))
        case KVM_EXIT_RISCV_SBI:
            let payload = unsafe ckvm_run_riscv_sbi(runPage).pointee
            let arguments = unsafe lendWords(ckvm_run_riscv_args(runPage), 6)
            return .riscvSBI(
                extension: UInt64(payload.extension_id),
                function: UInt64(payload.function_id),
                arguments: arguments
            )
        case KVM_EXIT_RISCV_CSR:
            let payload = unsafe ckvm_run_riscv_csr(runPage).pointee
            return .riscvCSR(
                number: UInt64(payload.csr_num),
                newValue: UInt64(payload.new_value),
                writeMask: UInt64(payload.write_mask)
            )
        default: return .unsupported(reason: reason)
        }
    }
}
