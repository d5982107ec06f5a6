import CKVM

/// General registers, instruction pointer and flags (`struct kvm_regs`).
public struct Registers: Hashable, Sendable {
    /// RAX.
    public var rax: UInt64 = 0
    /// RBX.
    public var rbx: UInt64 = 0
    /// RCX.
    public var rcx: UInt64 = 0
    /// RDX.
    public var rdx: UInt64 = 0
    /// RSI.
    public var rsi: UInt64 = 0
    /// RDI.
    public var rdi: UInt64 = 0
    /// RSP.
    public var rsp: UInt64 = 0
    /// RBP.
    public var rbp: UInt64 = 0
    /// R8.
    public var r8: UInt64 = 0
    /// R9.
    public var r9: UInt64 = 0
    /// R10.
    public var r10: UInt64 = 0
    /// R11.
    public var r11: UInt64 = 0
    /// R12.
    public var r12: UInt64 = 0
    /// R13.
    public var r13: UInt64 = 0
    /// R14.
    public var r14: UInt64 = 0
    /// R15.
    public var r15: UInt64 = 0
    /// Relative to the base of the code segment.
    public var rip: UInt64 = 0
    /// Bit 1 is always set.
    public var rflags: UInt64 = 2

    /// All registers zero except for the fixed bit of the flags.
    public init() {}
}

extension Registers {
    init(_ regs: kvm_regs) {
        (rax, rbx, rcx, rdx) = (regs.rax, regs.rbx, regs.rcx, regs.rdx)
        (rsi, rdi, rsp, rbp) = (regs.rsi, regs.rdi, regs.rsp, regs.rbp)
        (r8, r9, r10, r11) = (regs.r8, regs.r9, regs.r10, regs.r11)
        (r12, r13, r14, r15) = (regs.r12, regs.r13, regs.r14, regs.r15)
        (rip, rflags) = (regs.rip, regs.rflags)
    }

    var kernelValue: kvm_regs {
        kvm_regs(
            rax: rax,
            rbx: rbx,
            rcx: rcx,
            rdx: rdx,
            rsi: rsi,
            rdi: rdi,
            rsp: rsp,
            rbp: rbp,
            r8: r8,
            r9: r9,
            r10: r10,
            r11: r11,
            r12: r12,
            r13: r13,
            r14: r14,
            r15: r15,
            rip: rip,
            rflags: rflags
        )
    }
}
