internal import Devices
internal import Glibc

/// Shows what the guest writes to its console, in pieces large enough to cost little, and soon enough for a person, or a
/// program that waits for a prompt.
struct ConsoleOutput {
    private static let capacity = 512
    /// Nanoseconds that a piece of a line waits for the rest of it.
    private static let patience: UInt64 = 10_000_000

    private let descriptor: Int32?
    /// Bytes are shown as they come: a person looks, or what passes for one.
    private let isTerminal: Bool
    private var buffer: [UInt8] = []
    /// When the first of the bytes that wait has come.
    private var oldest = MachineTime.start

    /// - Parameter descriptor: where to write, or nil to show nothing.
    init(descriptor: Int32?) {
        self.descriptor = descriptor
        isTerminal = descriptor.map { isatty($0) == 1 } ?? false
        buffer.reserveCapacity(Self.capacity)
    }

    /// Takes one byte; shows the line when it ends.
    mutating func write(_ byte: UInt8, at now: MachineTime) {
        guard descriptor != nil else { return }
        if buffer.isEmpty { oldest = now }
        buffer.append(byte)
        if isTerminal || byte == UInt8(ascii: "\n") || buffer.count == Self.capacity { flush() }
    }

    /// Shows a piece of a line that has waited long enough for the rest: cheap enough to call at every exit.
    mutating func flushStale(at now: MachineTime) {
        if !buffer.isEmpty, now.nanoseconds(since: oldest) >= Self.patience { flush() }
    }

    /// Shows what has come so far. A console that can not be written to does not stop the guest.
    mutating func flush() {
        guard let descriptor, !buffer.isEmpty else { return }
        var written = 0
        while written < buffer.count {
            // SAFETY: the pointer and the count are those of the array's part that is not written yet.
            let count = unsafe buffer.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
