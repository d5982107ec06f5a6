internal import Devices
internal import Glibc
internal import SystemPackage

/// Shows what the guest writes to its console, in pieces large enough to cost little, and soon enough for a person, or a
/// program that waits for a prompt.
struct ConsoleOutput {
    private static let capacity = 512
    /// Nanoseconds that a piece of a line waits for the rest of it.
    private static let patience: UInt64 = 10_000_000

    private let descriptor: Int32?
    /// Bytes are shown as they come: a person looks, or what passes for one.
    private let isTerminal: Bool
    private let willShow: @Sendable (_ endsLine: Bool) -> Void
    private var buffer: [UInt8] = []
    /// When the first of the bytes that wait has come.
    private var oldest = MachineTime.start

    /// Why the console is no longer shown, if that is so. A reader that has gone away is no failure.
    private(set) var failure: Errno?

    /// - Parameters:
    ///   - descriptor: where to write, or nil to show nothing.
    ///   - willShow: is called before each piece, and told whether a line ends with it.
    init(descriptor: Int32?, willShow: @escaping @Sendable (_ endsLine: Bool) -> Void = { _ in }) {
        self.descriptor = descriptor
        isTerminal = descriptor.map { isatty($0) == 1 } ?? false
        self.willShow = willShow
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

    /// Shows what has come so far. A console that cannot be written to does not stop the guest; nothing more is shown then,
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
