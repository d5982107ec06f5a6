/// Stops a vCPU from another thread.
///
/// A kick makes the current run return ``RunOutcome/kicked``. If none is under way, the next one returns so at once,
/// without executing a guest instruction. The run that reports a kick clears it; several kicks before that count as
/// one. A run that ends with an exit leaves a kick that came meanwhile for the next run. No kick is lost, and none does
/// harm after the vCPU is gone.
///
/// A kick sends SIGURG to the thread that runs the vCPU. If that thread leaves the run at the same moment, the signal
/// may interrupt another system call of that thread (EINTR).
public struct VCPUKicker: Sendable {
    let control: KickControl

    /// Stops the vCPU, without waiting until it has stopped. Not for signal handlers, because it takes a lock.
    public func kick() {
        control.kick()
    }
}
