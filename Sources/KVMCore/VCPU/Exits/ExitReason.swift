import CKVM

/// Why a run left the guest, as a number with a name, for messages about unexpected exits. Act on ``VCPU/exit``
/// instead.
public struct ExitReason: RawRepresentable, Hashable, Sendable {
    /// As in `kvm_run::exit_reason`.
    public var rawValue: UInt32

    /// Makes a reason of KVM's number for it.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The name in `<linux/kvm.h>`, such as `KVM_EXIT_HLT`; the number if it is newer than this code.
    public var name: String {
        let known = Self.names.indices.contains(Int(rawValue))
        return "KVM_EXIT_" + (known ? Self.names[Int(rawValue)] : String(rawValue))
    }

    /// The names by number, without the prefix. The numbers are part of KVM's ABI and never change.
    private static let names = [
        "UNKNOWN", "EXCEPTION", "IO", "HYPERCALL", "DEBUG", "HLT", "MMIO", "IRQ_WINDOW_OPEN", "SHUTDOWN", "FAIL_ENTRY",
        "INTR", "SET_TPR", "TPR_ACCESS", "S390_SIEIC", "S390_RESET", "DCR", "NMI", "INTERNAL_ERROR", "OSI",
        "PAPR_HCALL",
        "S390_UCONTROL", "WATCHDOG", "S390_TSCH", "EPR", "SYSTEM_EVENT", "S390_STSI", "IOAPIC_EOI", "HYPERV",
        "ARM_NISV",
        "X86_RDMSR", "X86_WRMSR", "DIRTY_RING_FULL", "AP_RESET_HOLD", "X86_BUS_LOCK", "XEN", "RISCV_SBI", "RISCV_CSR",
        "NOTIFY", "LOONGARCH_IOCSR", "MEMORY_FAULT", "TDX", "ARM_SEA",
    ]
}

extension ExitReason: CustomStringConvertible {
    /// The name in `<linux/kvm.h>`.
    public var description: String { name }
}

extension VCPU {
    /// Why the last run left the guest, by number and name; valid after ``RunOutcome/exit``.
    public var exitReason: ExitReason {
        // SAFETY: the run page is mapped while this value lives.
        ExitReason(rawValue: unsafe runPage.pointee.exit_reason)
    }
}
