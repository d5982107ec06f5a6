/// What a host's vCPUs support. The host is asked once for each vCPU.
struct VCPUFeatures: Sendable {
    /// The size of an XSAVE area in bytes; 0 if there is none.
    let xsaveSize: Int
    /// `KVM_GET_XSAVE2` reads the area.
    let hasXSave2: Bool
    let hasSpecialRegisters2: Bool
    let hasXCRs: Bool
    /// KVM keeps the MP state. If not, it considers a vCPU always runnable.
    let hasLocalAPIC: Bool
    /// The page of a vCPU's mapping that holds the ring of coalesced writes; 0 if there is none.
    let coalescedRingPage: Int
    let hasAttributes: Bool
    let hasTSCFrequency: Bool
    /// Guests can have any frequency of the time-stamp counter.
    let hasTSCControl: Bool
    /// The size of the largest nested state in bytes; 0 if guests cannot have guests of their own.
    let nestedStateSize: Int
    /// Register sets that `kvm_run` can carry.
    let syncedRegisters: SyncedRegisterSets

    /// Asks the VM.
    ///
    /// - Throws: an error if the host cannot leave the guest on request (`KVM_CAP_IMMEDIATE_EXIT`). Without this,
    ///   neither a kick nor the completion of a pending read is possible.
    init(of vm: borrowing Descriptor, hasLocalAPIC: Bool) throws(KVMError) {
        guard try vm.check(.immediateExit) > 0 else {
            throw KVMError(
                operation: Request.createVCPU.name.description,
                cause: .refused("this host lacks \(Capability.immediateExit): Linux 4.11 or later is needed")
            )
        }
        let xsave2 = Int(try vm.check(.xsave2))
        hasXSave2 = xsave2 > 0
        xsaveSize = max(xsave2, try vm.check(.xsave) > 0 ? XSaveArea.minimumSize : 0)
        hasSpecialRegisters2 = try vm.check(.sregs2) > 0
        self.hasLocalAPIC = hasLocalAPIC
        hasXCRs = try vm.check(.xcrs) > 0
        coalescedRingPage = Int(max(try vm.check(.coalescedMMIO), 0))
        hasAttributes = try vm.check(.vcpuAttributes) > 0
        hasTSCFrequency = try vm.check(.getTSCKHz) > 0
        hasTSCControl = try vm.check(.tscControl) > 0
        nestedStateSize = Int(max(try vm.check(.nestedState), 0))
        syncedRegisters = SyncedRegisterSets(rawValue: UInt64(max(try vm.check(.syncRegs), 0)))
    }
}
