import Glibc
import TraceFormat

/// Shows a replayed guest's console on standard output. If that cannot be written to, the replay still goes on.
struct ReplayedConsole: ~Copyable {
    /// How fast it is shown; nil to show nothing.
    private let speed: ConsoleSpeed?
    private let start = ContinuousClock.now
    /// The time of the first event: more than 0 in a stretch that was cut out of a recording.
    private let firstTime: UInt32
    private let willShow: @Sendable (_ endsLine: Bool) -> Void
    private var output = StandardOutput()
    private var isAtLineStart = true

    /// Why some of it could not be shown, if so.
    private(set) var failure: CommandFailure?

    /// - Parameters:
    ///   - speed: how fast to show it, or nil to show nothing.
    ///   - willShow: called before each piece, with whether the piece ends a line.
    init(of reader: TraceReader, _ speed: ConsoleSpeed?, willShow: @escaping @Sendable (_ endsLine: Bool) -> Void) {
        self.speed = speed
        self.willShow = willShow
        var events = reader.events()
        firstTime = (try? events.next())?.time ?? 0
    }

    /// Shows what an event wrote to the console: line by line at full speed, at once at the recorded speed.
    mutating func show(_ recorded: RecordedEvent) {
        guard let speed, failure == nil else { return }
        let bytes = recorded.event.consoleBytes
        guard let last = bytes.last else { return }
        if speed == .recorded { wait(milliseconds: recorded.time &- firstTime) }
        attempt { output throws(CommandFailure) in try output.put(bytes) }
        isAtLineStart = last == UInt8(ascii: "\n")
        if isAtLineStart || speed == .recorded { flush() }
    }

    /// Waits until this much time has passed since the replay began.
    private func wait(milliseconds: UInt32) {
        let left = ContinuousClock.now.duration(to: start.advanced(by: .milliseconds(milliseconds)))
        if left > .zero { usleep(useconds_t(clamping: Int64(left / .microseconds(1)))) }
    }

    /// Shows what has come so far.
    mutating func flush() {
        guard speed != nil, failure == nil else { return }
        willShow(isAtLineStart)
        attempt { output throws(CommandFailure) in try output.flush() }
    }

    private mutating func attempt(_ body: (inout StandardOutput) throws(CommandFailure) -> Void) {
        do throws(CommandFailure) { try body(&output) } catch { failure = error }
    }
}
