import TraceFormat

/// Shows a replayed guest's console on standard output. The replay goes on where that can not be written to.
struct ReplayedConsole: ~Copyable {
    private let isShown: Bool
    private let willShow: @Sendable (_ endsLine: Bool) -> Void
    private var output = StandardOutput()
    private var isAtLineStart = true

    /// Why some of it could not be shown, if that is so.
    private(set) var failure: CommandFailure?

    /// - Parameter willShow: is called before each piece, and told whether a line ends with it.
    init(isShown: Bool, willShow: @escaping @Sendable (_ endsLine: Bool) -> Void) {
        self.isShown = isShown
        self.willShow = willShow
    }

    /// Shows what an event wrote to the console, line by line.
    mutating func show(_ event: Event) {
        guard isShown, failure == nil, let byte = event.consoleByte else { return }
        attempt { output throws(CommandFailure) in try output.put(CollectionOfOne(byte)) }
        isAtLineStart = byte == UInt8(ascii: "\n")
        if isAtLineStart { flush() }
    }

    /// Shows what has come so far.
    mutating func flush() {
        guard isShown, failure == nil else { return }
        willShow(isAtLineStart)
        attempt { output throws(CommandFailure) in try output.flush() }
    }

    private mutating func attempt(_ body: (inout StandardOutput) throws(CommandFailure) -> Void) {
        do throws(CommandFailure) { try body(&output) } catch { failure = error }
    }
}
