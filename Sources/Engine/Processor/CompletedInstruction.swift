/// An instruction that some hosts cannot execute. The engine completes it for them, and the guest cannot tell.
public enum CompletedInstruction: String, CaseIterable, Hashable, Sendable {
    /// INT3.
    case int3
    /// INT n, in protected or 64-bit mode.
    case int
    /// INTO, even if it does nothing.
    case into
    /// IRET in 32-bit protected mode, to code of the same privilege.
    case iret
    /// FWAIT, even if it raises an exception.
    case fwait
    /// PREFETCHh and PREFETCHW.
    case prefetch
    /// CLFLUSH, CLFLUSHOPT and CLWB of memory that is mapped.
    case flush
    /// CLAC.
    case clac
    /// STAC.
    case stac
    /// CMPXCHG16B of memory that the guest may write.
    case cmpxchg16b
}
