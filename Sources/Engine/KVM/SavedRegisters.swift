internal import KVMCore

/// The model-specific registers that a guest may use without leaving KVM, all of them part of the processor's state.
///
/// Every other one traps, so that what a guest reads is either in the state or in the trace, on every host.
enum SavedRegisters {
    /// Registers that are kept with the state where the host has them (Intel SDM vol. 4, chapter 2).
    static let candidates: [UInt32] =
        [
            0x174, 0x175, 0x176,  // IA32_SYSENTER_CS, _ESP, _EIP
            0x2FF,  // IA32_MTRR_DEF_TYPE
            0x250, 0x258, 0x259,  // IA32_MTRR_FIX64K, FIX16K
            0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084,  // IA32_STAR, LSTAR, CSTAR, FMASK
            0xC000_0102,  // IA32_KERNEL_GS_BASE
        ] + Array(0x268...0x26F)  // IA32_MTRR_FIX4K
        + Array(0x200...0x20F)  // IA32_MTRR_PHYSBASE, PHYSMASK 0 to 7

    /// Registers that KVM keeps with the segment and control registers, or answers with a constant.
    private static let elsewhere: [UInt32] = [
        0xFE,  // IA32_MTRRCAP
        0xC000_0080,  // IA32_EFER
        0xC000_0100, 0xC000_0101,  // IA32_FS_BASE, IA32_GS_BASE
    ]

    /// Lets through what is saved and traps the rest.
    ///
    /// - Parameter saved: the registers that are kept with the state: a trace knows best which its guest used without an exit.
    static func filter(saving saved: [UInt32]) -> MSRFilter {
        let allowed = Set(saved + elsewhere)
        let windows: [ClosedRange<UInt32>] = [0x0...0x2FF, 0xC000_0080...0xC000_0103]
        return MSRFilter(
            allowsOthers: false,
            ranges: windows.map { window in
                MSRFilter.Range(
                    access: [.read, .write],
                    first: MSRNumber(window.lowerBound),
                    allowed: window.map(allowed.contains)
                )
            }
        )
    }

    /// The candidates that this host's KVM keeps.
    static func present(in vcpu: borrowing VCPU) -> [UInt32] {
        candidates.filter { isPresent($0, in: vcpu) }.sorted()
    }

    /// Whether this host's KVM keeps a register.
    static func isPresent(_ number: UInt32, in vcpu: borrowing VCPU) -> Bool {
        (try? vcpu.modelSpecificRegisters([MSRNumber(number)])) != nil
    }
}
