internal import CHostIO
internal import Glibc

/// Wakes a thread that waits, also for descriptors that become readable.
final class WakeDescriptor: Sendable {
    /// A pipe's ends; -1 where the host gave none.
    private let reading: Int32
    private let writing: Int32

    /// How long a thread waits at most that cannot be woken.
    private static let blindNanoseconds: UInt64 = 100_000_000

    init() {
        var ends: [Int32] = [-1, -1]
        // SAFETY: the call fills the two numbers that it is lent.
        let result = unsafe chostio_pipe(&ends)
        (reading, writing) = result == 0 ? (ends[0], ends[1]) : (-1, -1)
    }

    deinit {
        guard reading >= 0 else { return }
        close(reading)
        close(writing)
    }

    /// Ends the wait under way, or the next one.
    func post() {
        // A pipe that is full wakes as well.
        // SAFETY: the byte is lent for the length of the call.
        unsafe withUnsafeBytes(of: UInt8(0)) { _ = unsafe Glibc.write(writing, $0.baseAddress, 1) }
    }

    /// Waits until ``post()``, until one of the descriptors is readable, or until the time has passed; nil for no limit.
    func wait(nanoseconds: UInt64?, descriptors: [Int32]) {
        var limit = nanoseconds
        if reading < 0 { limit = min(limit ?? .max, Self.blindNanoseconds) }
        let all = [reading] + descriptors
        // SAFETY: the call reads the numbers that it is lent.
        unsafe chostio_wait(all, all.count, limit ?? .max)
        drain()
    }

    private func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        // SAFETY: read fills at most the array's own bytes.
        while unsafe bytes.withUnsafeMutableBytes({ unsafe Glibc.read(reading, $0.baseAddress, $0.count) }) > 0 {}
    }
}
