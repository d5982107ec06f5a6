/// How one entry into the guest ended.
public enum RunOutcome: Hashable, Sendable {
    /// The guest needs something: see ``VCPU/exit``.
    case exit
    /// A ``VCPUKicker`` stopped it.
    case kicked
    /// ``VCPU/completePendingExit()`` has done its work, and the guest has executed nothing else.
    case completed
    /// A signal came that was not a kick (EINTR): run again.
    case interrupted
    /// The vCPU is not runnable yet (EAGAIN): it waits for a start-up interrupt, or has just been given one. Run again.
    case again
}
