/// Stops a vCPU from another thread.
///
/// A kick makes the run that is under way return ``RunOutcome/kicked``; if none is, the next one does so at once,
/// without executing a guest instruction. The run that reports a kick clears it; several kicks before that are one. A
/// run that ends with an exit leaves a kick that came meanwhile for the next run. No kick is lost, and none does harm
/// after the vCPU is gone.
///
/// A kick sends SIGURG to the thread that runs the vCPU. If that thread leaves the run at the same moment, another system
/// call of it may be what is interrupted (EINTR).
public struct VCPUKicker: Sendable {
    let control: KickControl

    /// Stops the vCPU. Does not wait until it has stopped. Not for signal handlers: it takes a lock.
    public func kick() {
        control.kick()
    }
}
