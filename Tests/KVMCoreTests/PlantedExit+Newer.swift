import CKVM

extension PlantedExit {
    // SAFETY (all of this file): the pointer is to a whole kvm_run, and an accessor gives the member of its name.
    /// Exits that Linux has had since 6.1.
    static let newer = [
        unsafe Self(
            reason: KVM_EXIT_MEMORY_FAULT,
            fill: { unsafe ckvm_run_memory_fault($0).pointee = ckvm_memory_fault(flags: 8, gpa: 0x5000, size: 0x2000) },
            expected: "memory fault 0x5000 8192 private true"
        ),
        unsafe Self(
            reason: KVM_EXIT_MEMORY_FAULT,
            fill: { unsafe ckvm_run_memory_fault($0).pointee = ckvm_memory_fault(flags: 7, gpa: 0x1000, size: 1) },
            expected: "memory fault 0x1000 1 private false"
        ),
        unsafe Self(
            reason: KVM_EXIT_TDX,
            fill: {
                unsafe ckvm_run_tdx($0).pointee = ckvm_tdx(flags: 1, nr: 0x10002, ret: 9, data: (3, 4, 5, 6, 7))
            },
            expected: "tdx 65538 1 [3, 4, 5, 6, 7]"
        ),
        unsafe Self(
            reason: KVM_EXIT_LOONGARCH_IOCSR,
            fill: { run in
                unsafe ckvm_run_iocsr(run).pointee.phys_addr = 0x1020
                unsafe ckvm_run_iocsr(run).pointee.len = 4
            },
            expected: "iocsr read 4128 4"
        ),
        unsafe Self(
            reason: KVM_EXIT_LOONGARCH_IOCSR,
            fill: { run in
                unsafe ckvm_run_iocsr(run).pointee.phys_addr = 0x1020
                unsafe ckvm_run_iocsr(run).pointee.data = (1, 2, 3, 4, 5, 6, 7, 8)
                unsafe ckvm_run_iocsr(run).pointee.len = .max
                unsafe ckvm_run_iocsr(run).pointee.is_write = 1
            },
            expected: "iocsr write 4128 1 2 3 4 5 6 7 8"
        ),
        unsafe Self(
            reason: KVM_EXIT_ARM_SEA,
            fill: { unsafe ckvm_run_arm_sea($0).pointee = ckvm_arm_sea(flags: 1, esr: 2, gva: 3, gpa: 4) },
            expected: "arm external abort 2 0x3 0x4"
        ),
        unsafe Self(
            reason: KVM_EXIT_ARM_SEA,
            fill: { unsafe ckvm_run_arm_sea($0).pointee = ckvm_arm_sea(flags: 0, esr: 2, gva: 3, gpa: 4) },
            expected: "arm external abort 2 0x3 unknown"
        ),
    ]
}
