internal import Devices
internal import Glibc
internal import SystemPackage

/// Shows what the guest writes to its console. The pieces are large enough to be cheap, and they appear soon enough for
/// a person or for a program that waits for a prompt.
struct ConsoleOutput {
    private static let capacity = 512
    /// How many nanoseconds part of a line waits for the rest of it.
    private static let patience: UInt64 = 10_000_000

    private let descriptor: Int32?
    /// Whether the descriptor is a terminal. If so, bytes are shown as they arrive, because someone may be watching.
    private let isTerminal: Bool
    private let willShow: @Sendable (_ endsLine: Bool) -> Void
    private var buffer: [UInt8] = []
    /// When the oldest waiting byte arrived.
    private var oldest = MachineTime.start

    /// Why the console is no longer shown, or nil. It is not a failure if the reader has gone away.
    private(set) var failure: Errno?

    /// - Parameters:
    ///   - descriptor: where to write, or nil to show nothing.
    ///   - willShow: called before each piece. Its argument says whether the piece ends a line.
    init(descriptor: Int32?, willShow: @escaping @Sendable (_ endsLine: Bool) -> Void = { _ in }) {
        self.descriptor = descriptor
        isTerminal = descriptor.map { isatty($0) == 1 } ?? false
        self.willShow = willShow
        buffer.reserveCapacity(Self.capacity)
    }

    /// Takes one byte. It shows the line when the line ends.
    mutating func write(_ byte: UInt8, at now: MachineTime) {
        guard descriptor != nil else { return }
        if buffer.isEmpty { oldest = now }
        buffer.append(byte)
        if isTerminal || byte == UInt8(ascii: "\n") || buffer.count == Self.capacity { flush() }
    }

    /// When the waiting part of a line has waited long enough for the rest. It is nil if nothing waits.
    var staleTime: MachineTime? { buffer.isEmpty ? nil : oldest.advanced(byNanoseconds: Self.patience) }

    /// Shows part of a line that has waited long enough for the rest.
    mutating func flushStale(at now: MachineTime) {
        if let staleTime, now >= staleTime { flush() }
    }

    /// Shows everything received so far. If writing fails, the guest goes on, but nothing more is shown. The visible
    /// output is therefore always a prefix of the whole.
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
