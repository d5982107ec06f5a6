import CKVM
import X86

extension VCPU {
    /// The exits of other architectures, decoded for completeness.
    @_lifetime(&self)
    mutating func foreignExit(_ reason: UInt32) -> VCPUExit {
        // SAFETY (all of this file): as in `exit`.
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
        case KVM_EXIT_LOONGARCH_IOCSR: return loongArchExit()
        case KVM_EXIT_ARM_SEA:
            let payload = unsafe ckvm_run_arm_sea(runPage).pointee
            // KVM_EXIT_ARM_SEA_FLAG_GPA_VALID.
            let isKnown = payload.flags & 1 != 0
            return .armExternalAbort(
                syndrome: payload.esr,
                address: GuestVirtualAddress(payload.gva),
                physical: isKnown ? GuestPhysicalAddress(payload.gpa) : nil
            )
        default: return .unsupported(reason: reason)
        }
    }

    @_lifetime(&self)
    private mutating func loongArchExit() -> VCPUExit {
        let payload = unsafe ckvm_run_iocsr(runPage).pointee
        let count = min(Int(payload.len), 8)
        let start = unsafe UnsafeMutableRawPointer(ckvm_run_iocsr_data(runPage))
        if payload.is_write != 0 { return .loongArchWrite(address: payload.phys_addr, data: unsafe lend(start, count)) }
        return .loongArchRead(address: payload.phys_addr, data: unsafe lendMutable(start, count))
    }
}
