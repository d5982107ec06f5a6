internal import Devices

/// A clock that advances with the guest's actions and not with the speed of the host. It advances by a microsecond for
/// each exit, and skips the time for which the guest waits. If a guest computes without exits, its next deadline
/// arrives once the host's clock has advanced by the same amount.
struct VirtualClock {
    /// Nanoseconds that an exit takes.
    private static let exit: UInt64 = 1000

    private(set) var now = MachineTime.start

    /// Counts an exit that the guest has made by itself.
    mutating func countExit() { now = now.advanced(byNanoseconds: Self.exit) }

    /// Skips to `time`, because nothing happens before it.
    mutating func skip(to time: MachineTime) { now = max(now, time) }
}
