internal import Glibc
internal import SystemPackage

/// Shows what the guest writes to its console, in pieces large enough to cost little.
struct ConsoleOutput {
    private static let capacity = 512

    private let descriptor: Int32?
    private let willShow: @Sendable (_ endsLine: Bool) -> Void
    private var buffer: [UInt8] = []

    /// Why the console is no longer shown, if that is so. A reader that has gone away is no failure.
    private(set) var failure: Errno?

    /// - Parameters:
    ///   - descriptor: where to write, or nil to show nothing.
    ///   - willShow: is called before each piece, and told whether a line ends with it.
    init(descriptor: Int32?, willShow: @escaping @Sendable (_ endsLine: Bool) -> Void = { _ in }) {
        self.descriptor = descriptor
        self.willShow = willShow
        buffer.reserveCapacity(Self.capacity)
    }

    /// Takes one byte; shows the line when it ends.
    mutating func write(_ byte: UInt8) {
        guard descriptor != nil else { return }
        buffer.append(byte)
        if byte == UInt8(ascii: "\n") || buffer.count == Self.capacity { flush() }
    }

    /// Shows what has come so far. A console that can not be written to does not stop the guest; nothing more is shown then,
    /// so that what is shown is a beginning.
    mutating func flush() {
        defer { buffer.removeAll(keepingCapacity: true) }
        guard failure == nil, let descriptor, let last = buffer.last else { return }
        willShow(last == UInt8(ascii: "\n"))
        do {
            try FileDescriptor(rawValue: descriptor).writeAll(buffer)
        } catch {
            let cause = error as? Errno ?? .ioError
            if cause != .brokenPipe { failure = cause }
        }
    }
}
