/// Which clock the machine has.
public enum ClockPolicy: String, CaseIterable, Hashable, Sendable {
    /// The host's monotonic clock.
    case real
    /// One that skips the time in which the guest waits.
    case virtual
}
