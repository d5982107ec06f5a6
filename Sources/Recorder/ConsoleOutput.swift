internal import Glibc

/// Shows what the guest writes to its console, in pieces large enough to cost little.
struct ConsoleOutput {
    private static let capacity = 512

    private let descriptor: Int32?
    private var buffer: [UInt8] = []

    /// - Parameter descriptor: where to write, or nil to show nothing.
    init(descriptor: Int32?) {
        self.descriptor = descriptor
        buffer.reserveCapacity(Self.capacity)
    }

    /// Takes one byte; shows the line when it ends.
    mutating func write(_ byte: UInt8) {
        guard descriptor != nil else { return }
        buffer.append(byte)
        if byte == UInt8(ascii: "\n") || buffer.count == Self.capacity { flush() }
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
