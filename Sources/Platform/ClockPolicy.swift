/// Which clock the machine has.
public enum ClockPolicy: String, CaseIterable, Hashable, Sendable {
    /// The host's monotonic clock.
    case real
    /// A clock that skips the time while the guest waits.
    case virtual
}
