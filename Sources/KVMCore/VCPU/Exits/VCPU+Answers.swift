import CKVM

extension VCPU {
    /// Sets the value that RDMSR returns to the guest after ``VCPUExit/msrRead(number:reason:)``. Takes effect at the
    /// next run.
    public mutating func answerMSRRead(_ value: UInt64) {
        // SAFETY: the run page is mapped while this value lives, and `msr` is plain memory in it.
        unsafe ckvm_run_msr(runPage).pointee.data = value
        unsafe ckvm_run_msr(runPage).pointee.error = 0
    }

    /// Raises #GP in the guest for the RDMSR or WRMSR that exited. Takes effect at the next run.
    public mutating func refuseMSRAccess() {
        // SAFETY: as above.
        unsafe ckvm_run_msr(runPage).pointee.error = 1
    }

    /// Sets the value that a hypercall returns to the guest, after ``VCPUExit/hypercall(number:arguments:longMode:)``,
    /// ``VCPUExit/xenHypercall(number:arguments:privilegeLevel:longMode:)``,
    /// ``HyperVExit/hypercall(input:parameters:)`` or ``VCPUExit/trustDomainCall(number:flags:data:)``. Takes effect at
    /// the next run; does nothing after other exits.
    public mutating func answerHypercall(_ result: UInt64) {
        // SAFETY: as above; only the member that the exit reason selects is written.
        switch Int32(truncatingIfNeeded: unsafe runPage.pointee.exit_reason) {
        case KVM_EXIT_HYPERCALL: unsafe ckvm_run_hypercall(runPage).pointee.ret = result
        case KVM_EXIT_XEN: unsafe ckvm_run_xen(runPage).pointee.u.hcall.result = result
        case KVM_EXIT_HYPERV where unsafe ckvm_run_hyperv(runPage).pointee.type == UInt32(KVM_EXIT_HYPERV_HCALL):
            unsafe ckvm_run_hyperv(runPage).pointee.u.hcall.result = result
        case KVM_EXIT_TDX: unsafe ckvm_run_tdx(runPage).pointee.ret = result
        default: break
        }
    }
}
