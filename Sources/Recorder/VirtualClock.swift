internal import Devices

/// A clock that advances by what the guest does and not by how fast the host is: a microsecond for every exit, and over
/// the time that the guest waits. A guest that computes without exits sees its next deadline once the host's clock has gone
/// as far.
struct VirtualClock {
    /// Nanoseconds that an exit takes.
    private static let exit: UInt64 = 1000

    private(set) var now = MachineTime.start

    /// The guest has come to an exit of its own.
    mutating func countExit() { now = now.advanced(byNanoseconds: Self.exit) }

    /// Nothing happens until `time`.
    mutating func skip(to time: MachineTime) { now = max(now, time) }
}
