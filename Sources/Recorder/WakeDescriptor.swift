internal import CHostIO
internal import Glibc

/// Wakes a waiting thread, which can also wait for descriptors to become readable.
final class WakeDescriptor: Sendable {
    /// The ends of a pipe, or -1 if the host did not provide one.
    private let reading: Int32
    private let writing: Int32

    /// The longest wait of a thread that cannot be woken.
    private static let blindNanoseconds: UInt64 = 100_000_000

    init() {
        var ends: [Int32] = [-1, -1]
        // SAFETY: the call only fills the two numbers that it is lent.
        let result = unsafe chostio_pipe(&ends)
        (reading, writing) = result == 0 ? (ends[0], ends[1]) : (-1, -1)
    }

    deinit {
        guard reading >= 0 else { return }
        close(reading)
        close(writing)
    }

    /// Ends the present wait, or the next one.
    func post() {
        // A full pipe also wakes the thread.
        // SAFETY: the byte is lent only for the call.
        unsafe withUnsafeBytes(of: UInt8(0)) { _ = unsafe Glibc.write(writing, $0.baseAddress, 1) }
    }

    /// Waits until ``post()`` is called, one of the descriptors becomes readable, or the time has passed. If the time
    /// is nil, there is no time limit.
    func wait(nanoseconds: UInt64?, descriptors: [Int32]) {
        var limit = nanoseconds
        if reading < 0 { limit = min(limit ?? .max, Self.blindNanoseconds) }
        let all = [reading] + descriptors
        // SAFETY: the call only reads the numbers that it is lent.
        unsafe chostio_wait(all, all.count, limit ?? .max)
        drain()
    }

    private func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        // SAFETY: the call to read stays within the array.
        while unsafe bytes.withUnsafeMutableBytes({ unsafe Glibc.read(reading, $0.baseAddress, $0.count) }) > 0 {}
    }
}
