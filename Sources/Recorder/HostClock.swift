internal import Devices
internal import Glibc

/// The host's monotonic clock, read as machine time.
struct HostClock: Sendable {
    private let start = Self.monotonicNanoseconds()

    /// Nanoseconds since this clock was made.
    var now: MachineTime {
        MachineTime(nanoseconds: Self.monotonicNanoseconds() - start)
    }

    private static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        // SAFETY: clock_gettime fills the given structure and cannot fail for CLOCK_MONOTONIC.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
