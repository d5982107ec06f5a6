import CKVM

/// An exit as the kernel would write it, every field with a value of its own, and what is to come of it.
@safe struct PlantedExit: Sendable, CustomStringConvertible {
    /// The `KVM_EXIT_*`.
    var reason: Int32
    /// Fills the fields of a run page.
    var fill: @Sendable (UnsafeMutablePointer<kvm_run>) -> Void = { _ in }
    /// The exit in words.
    var expected: String

    var description: String { expected }

    /// Those that no test of their own shows.
    static let all = bare + x86 + s390 + others + newer

    private static let bare = [
        unsafe Self(reason: KVM_EXIT_SET_TPR, expected: "task priority lowered"),
        unsafe Self(reason: KVM_EXIT_NMI, expected: "nmi"),
        unsafe Self(reason: KVM_EXIT_WATCHDOG, expected: "watchdog"),
        unsafe Self(reason: KVM_EXIT_AP_RESET_HOLD, expected: "reset hold"),
        unsafe Self(reason: KVM_EXIT_X86_BUS_LOCK, expected: "bus lock"),
        unsafe Self(reason: KVM_EXIT_DIRTY_RING_FULL, expected: "dirty ring full"),
        unsafe Self(reason: KVM_EXIT_INTR, expected: "interrupted"),
        unsafe Self(reason: KVM_EXIT_IRQ_WINDOW_OPEN, expected: "window"),
        unsafe Self(reason: KVM_EXIT_SHUTDOWN, expected: "shutdown"),
    ]

    // SAFETY (all of this file): the pointer is to a whole kvm_run, and an accessor gives the member of its name.
    private static let x86 = [
        unsafe Self(
            reason: KVM_EXIT_UNKNOWN,
            fill: { unsafe ckvm_run_hw($0).pointee.hardware_exit_reason = 0x1_0000_0007 },
            expected: "unknown 4294967303"
        ),
        unsafe Self(
            reason: KVM_EXIT_EXCEPTION,
            fill: { run in
                unsafe ckvm_run_ex(run).pointee.exception = 13
                unsafe ckvm_run_ex(run).pointee.error_code = 0x18
            },
            expected: "exception 13 24"
        ),
        unsafe Self(
            reason: KVM_EXIT_TPR_ACCESS,
            fill: { run in
                unsafe ckvm_run_tpr_access(run).pointee.rip = 0xFFFF_8000_0000_1234
                unsafe ckvm_run_tpr_access(run).pointee.is_write = 1
            },
            expected: "task priority access 0xffff800000001234 true"
        ),
        unsafe Self(
            reason: KVM_EXIT_IOAPIC_EOI,
            fill: { unsafe ckvm_run_eoi($0).pointee.vector = 0x31 },
            expected: "end of interrupt 49"
        ),
        unsafe Self(
            reason: KVM_EXIT_NOTIFY,
            fill: { unsafe ckvm_run_notify($0).pointee.flags = UInt32(KVM_NOTIFY_CONTEXT_INVALID) },
            expected: "notify true"
        ),
        unsafe Self(
            reason: KVM_EXIT_NOTIFY,
            fill: { unsafe ckvm_run_notify($0).pointee.flags = ~UInt32(KVM_NOTIFY_CONTEXT_INVALID) },
            expected: "notify false"
        ),
        unsafe Self(
            reason: KVM_EXIT_X86_WRMSR,
            fill: { run in
                unsafe ckvm_run_msr(run).pointee.index = 0x10
                unsafe ckvm_run_msr(run).pointee.data = 0x77
                unsafe ckvm_run_msr(run).pointee.reason = UInt32(KVM_MSR_EXIT_REASON_FILTER)
            },
            expected: "wrmsr 0x10 119 \(KVM_MSR_EXIT_REASON_FILTER)"
        ),
        unsafe Self(
            reason: KVM_EXIT_HYPERV,
            fill: { run in
                unsafe ckvm_run_hyperv(run).pointee.type = UInt32(KVM_EXIT_HYPERV_SYNIC)
                unsafe ckvm_run_hyperv(run).pointee.u.synic.msr = 0x4000_0080
                unsafe ckvm_run_hyperv(run).pointee.u.synic.control = 2
                unsafe ckvm_run_hyperv(run).pointee.u.synic.evt_page = 3
                unsafe ckvm_run_hyperv(run).pointee.u.synic.msg_page = 4
            },
            expected: "syntheticInterrupts(msr: 0x40000080, control: 2, eventPage: 3, messagePage: 4)"
        ),
        unsafe Self(
            reason: KVM_EXIT_HYPERV,
            fill: { run in
                unsafe ckvm_run_hyperv(run).pointee.type = UInt32(KVM_EXIT_HYPERV_SYNDBG)
                unsafe ckvm_run_hyperv(run).pointee.u.syndbg.msr = 0x4000_00F1
                unsafe ckvm_run_hyperv(run).pointee.u.syndbg.control = 2
                unsafe ckvm_run_hyperv(run).pointee.u.syndbg.status = 3
                unsafe ckvm_run_hyperv(run).pointee.u.syndbg.send_page = 4
                unsafe ckvm_run_hyperv(run).pointee.u.syndbg.recv_page = 5
                unsafe ckvm_run_hyperv(run).pointee.u.syndbg.pending_page = 6
            },
            expected: "debugger(msr: 0x400000f1, control: 2, status: 3, sendPage: 4, receivePage: 5, pendingPage: 6)"
        ),
        unsafe Self(
            reason: KVM_EXIT_HYPERV,
            fill: { unsafe ckvm_run_hyperv($0).pointee.type = 99 },
            expected: "unsupported(type: 99)"
        ),
    ]

    private static let s390 = [
        unsafe Self(
            reason: KVM_EXIT_S390_SIEIC,
            fill: { run in
                unsafe ckvm_run_s390_sieic(run).pointee.icptcode = 1
                unsafe ckvm_run_s390_sieic(run).pointee.ipa = 2
                unsafe ckvm_run_s390_sieic(run).pointee.ipb = 3
            },
            expected: "s390 1 2 3"
        ),
        unsafe Self(
            reason: KVM_EXIT_S390_RESET,
            fill: { unsafe ckvm_run_s390_reset_flags($0).pointee = 16 },
            expected: "s390 reset 16"
        ),
        unsafe Self(
            reason: KVM_EXIT_S390_UCONTROL,
            fill: { run in
                unsafe ckvm_run_s390_ucontrol(run).pointee.trans_exc_code = 0x2_0000_0000
                unsafe ckvm_run_s390_ucontrol(run).pointee.pgm_code = 3
            },
            expected: "s390 user control 8589934592 3"
        ),
        unsafe Self(
            reason: KVM_EXIT_S390_TSCH,
            fill: { run in
                unsafe ckvm_run_s390_tsch(run).pointee.subchannel_id = 1
                unsafe ckvm_run_s390_tsch(run).pointee.subchannel_nr = 2
                unsafe ckvm_run_s390_tsch(run).pointee.io_int_parm = 3
                unsafe ckvm_run_s390_tsch(run).pointee.io_int_word = 4
                unsafe ckvm_run_s390_tsch(run).pointee.ipb = 5
                unsafe ckvm_run_s390_tsch(run).pointee.dequeued = 1
            },
            expected:
                "S390Subchannel(identifier: 1, number: 2, interruptParameter: 3, interruptWord: 4, parameterB: 5, "
                + "wasDequeued: true)"
        ),
        unsafe Self(
            reason: KVM_EXIT_S390_STSI,
            fill: { run in
                unsafe ckvm_run_s390_stsi(run).pointee.addr = 0x1_0000_0000
                unsafe ckvm_run_s390_stsi(run).pointee.ar = 2
                unsafe ckvm_run_s390_stsi(run).pointee.fc = 3
                unsafe ckvm_run_s390_stsi(run).pointee.sel1 = 4
                unsafe ckvm_run_s390_stsi(run).pointee.sel2 = 5
            },
            expected: "S390SystemInformation(address: 4294967296, accessRegister: 2, functionCode: 3, selector1: 4, "
                + "selector2: 5)"
        ),
    ]

    private static let others = [
        unsafe Self(
            reason: KVM_EXIT_DCR,
            fill: { run in
                unsafe ckvm_run_dcr(run).pointee.dcrn = 1
                unsafe ckvm_run_dcr(run).pointee.data = 2
                unsafe ckvm_run_dcr(run).pointee.is_write = 1
            },
            expected: "dcr 1 2 true"
        ),
        unsafe Self(
            reason: KVM_EXIT_OSI,
            fill: { run in for index in 0..<32 { unsafe ckvm_run_osi_gprs(run)[index] = UInt64(100 + index) } },
            expected: "osi \((100..<132).map { $0 })"
        ),
        unsafe Self(
            reason: KVM_EXIT_PAPR_HCALL,
            fill: { run in
                unsafe ckvm_run_papr_hcall(run).pointee.nr = 7
                for index in 0..<9 { unsafe ckvm_run_papr_args(run)[index] = UInt64(100 + index) }
            },
            expected: "papr 7 \((100..<109).map { $0 })"
        ),
        unsafe Self(reason: KVM_EXIT_EPR, fill: { unsafe ckvm_run_epr($0).pointee.epr = 5 }, expected: "epr 5"),
        unsafe Self(
            reason: KVM_EXIT_ARM_NISV,
            fill: { run in
                unsafe ckvm_run_arm_nisv(run).pointee.esr_iss = 0x11
                unsafe ckvm_run_arm_nisv(run).pointee.fault_ipa = 0x9000_0000
            },
            expected: "arm abort 17 0x90000000"
        ),
        unsafe Self(
            reason: KVM_EXIT_RISCV_SBI,
            fill: { run in
                unsafe ckvm_run_riscv_sbi(run).pointee.extension_id = 1
                unsafe ckvm_run_riscv_sbi(run).pointee.function_id = 2
                for index in 0..<6 { unsafe ckvm_run_riscv_args(run)[index] = UInt64(100 + index) }
            },
            expected: "riscv sbi 1 2 \((100..<106).map { $0 })"
        ),
        unsafe Self(
            reason: KVM_EXIT_RISCV_CSR,
            fill: { run in
                unsafe ckvm_run_riscv_csr(run).pointee.csr_num = 1
                unsafe ckvm_run_riscv_csr(run).pointee.new_value = 2
                unsafe ckvm_run_riscv_csr(run).pointee.write_mask = 3
            },
            expected: "riscv csr 1 2 3"
        ),
    ]
}
