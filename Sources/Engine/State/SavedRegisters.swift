/// Which model-specific registers are part of a processor's state, and which ones a guest may use without an exit, on
/// every engine.
///
/// All others trap, so that whatever a guest reads is either in the state or in the trace, on any engine.
public enum SavedRegisters {
    /// Registers that are kept with the state where the engine has them (Intel SDM vol. 4, chapter 2).
    public static let candidates: [UInt32] =
        [
            0x174, 0x175, 0x176,  // IA32_SYSENTER_CS, _ESP, _EIP
            0x2FF,  // IA32_MTRR_DEF_TYPE
            0x250, 0x258, 0x259,  // IA32_MTRR_FIX64K, FIX16K
            0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084,  // IA32_STAR, LSTAR, CSTAR, FMASK
            0xC000_0102,  // IA32_KERNEL_GS_BASE
        ] + Array(0x268...0x26F)  // IA32_MTRR_FIX4K
        + Array(0x200...0x20F)  // IA32_MTRR_PHYSBASE, PHYSMASK 0 to 7

    /// Registers that are kept with the segment and control registers, or are constant.
    private static let elsewhere: [UInt32] = [
        0xFE,  // IA32_MTRRCAP
        0xC000_0080,  // IA32_EFER
        0xC000_0100, 0xC000_0101,  // IA32_FS_BASE, IA32_GS_BASE
    ]

    /// The registers that do not trap.
    ///
    /// - Parameter saved: the registers that are kept with the state: a trace says which ones its guest used without an exit.
    public static func untrapped(saving saved: [UInt32]) -> Set<UInt32> { Set(saved + elsewhere) }
}
