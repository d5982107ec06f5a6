public import X86

/// What stopped a guest that is being debugged (`struct kvm_debug_exit_arch`).
public struct DebugExit: Hashable, Sendable {
    /// 1 for a debug exception, 3 for a software breakpoint.
    public var exception: UInt32
    /// The linear address of the next instruction, or, for a software breakpoint, of the breakpoint.
    public var address: GuestVirtualAddress
    /// DR6 as the exception would have set it: bits 0 to 3 for the breakpoints, bit 14 for a single step.
    public var status: UInt64
    /// DR7 as set for debugging.
    public var control: UInt64

    /// The debug exception was a single step.
    public var isSingleStep: Bool { exception == 1 && status & (1 << 14) != 0 }

    /// The numbers, 0 to 3, of the hardware breakpoints that were hit.
    public var breakpoints: [Int] {
        exception == 1 ? (0..<4).filter { status & (1 << UInt64($0)) != 0 } : []
    }
}
