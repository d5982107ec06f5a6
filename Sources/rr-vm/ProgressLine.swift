import Dispatch
import Reports
import Synchronization
import SystemPackage

/// A line on the terminal that shows how far long work has come. Nothing is shown where standard error is not a
/// terminal. Where the guest's console shares the terminal, the line appears only while the console is quiet, and never
/// in the middle of one of its lines.
struct ProgressLine {
    private static let interval = DispatchTimeInterval.milliseconds(250)

    private let timer: (any DispatchSourceTimer)?
    private let screen = Screen()

    /// What the terminal shows.
    private final class Screen: Sendable {
        private struct State {
            var isShown = false
            var isEnded = false
            /// When the console last wrote.
            var consoleTime: ContinuousClock.Instant?
            var isAtLineStart = true
        }

        private static let clearLine = "\r\u{1B}[K"
        /// After this time the console counts as quiet.
        private static let quiet = Duration.milliseconds(500)

        private let state = Mutex(State())

        func show(_ line: String) {
            state.withLock { state in
                let isQuiet = state.consoleTime.map { $0.duration(to: .now) >= Self.quiet } ?? true
                guard !state.isEnded, state.isAtLineStart, isQuiet else { return }
                StandardError.put(Self.clearLine + line)
                state.isShown = true
            }
        }

        /// Makes room for a piece of the console.
        func yield(endsLine: Bool) {
            state.withLock { state in
                Self.clear(&state)
                state.consoleTime = .now
                state.isAtLineStart = endsLine
            }
        }

        func end() {
            state.withLock { state in
                Self.clear(&state)
                state.isEnded = true
            }
        }

        private static func clear(_ state: inout State) {
            guard state.isShown else { return }
            StandardError.put(clearLine)
            state.isShown = false
        }
    }

    /// Shows `verb`, the events and the time four times a second, the size of the file that `growing` gives, if any, and
    /// which keys end the run.
    init(
        _ verb: String,
        endedBy keys: String? = nil,
        growing path: @escaping @Sendable () -> FilePath? = { nil },
        events: @escaping @Sendable () -> UInt64
    ) {
        self.init(growing: path, endedBy: keys) { "\(verb): \(Quantity.count(events())) events" }
    }

    /// Shows what `work` gives and the time four times a second, and the size of the file that `growing` gives, if any.
    init(
        growing path: @escaping @Sendable () -> FilePath? = { nil },
        endedBy keys: String? = nil,
        work: @escaping @Sendable () -> String
    ) {
        guard StandardError.isTerminal else {
            timer = nil
            return
        }
        let start = ContinuousClock.now
        // This needs a queue of its own: Dispatch watches the threads of its shared queues through files in /proc, and
        // ends the process if it may not open them.
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "progress"))
        timer.setEventHandler { [screen] in
            let seconds = start.duration(to: .now) / .seconds(1)
            let size = path().flatMap(FileSystem.size).map { ", " + Quantity.bytes($0) } ?? ""
            screen.show("\(work()), \(Quantity.seconds(seconds))\(size)\(keys.map { "; \($0) ends it" } ?? "")")
        }
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
        timer.resume()
        self.timer = timer
    }

    /// Call this before a piece of the guest's console goes to standard output.
    var willShowConsole: @Sendable (_ endsLine: Bool) -> Void {
        guard timer != nil, StandardOutput.isTerminal else { return { StandardError.noteConsole(endsLine: $0) } }
        return { [screen] in
            screen.yield(endsLine: $0)
            StandardError.noteConsole(endsLine: $0)
        }
    }

    /// Takes the line away.
    func end() {
        timer?.cancel()
        screen.end()
    }
}

/// How far work has come. The threads that do it count; the line that shows progress reads.
final class ProgressCounter: Sendable {
    private let value = Atomic<UInt64>(0)

    var count: UInt64 {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }

    func add(_ count: UInt64) {
        value.add(count, ordering: .relaxed)
    }
}

/// How far replays have come, and the line that shows it.
struct ReplayProgress {
    let replayed = ProgressCounter()
    let line: ProgressLine

    private init(total: UInt64?) {
        let start = ContinuousClock.now
        line = ProgressLine { [replayed] in
            let count = replayed.count
            guard let total, count <= total else { return "replaying: \(Quantity.count(count)) events" }
            let seconds = start.duration(to: .now) / .seconds(1)
            // The first second says little about the rest.
            let rest = seconds < 1 || count == 0 ? nil : seconds * Double(total - count) / Double(count)
            let left = rest.map { ", about \(Quantity.seconds($0)) left" } ?? ""
            return "replaying: \(Quantity.count(count)) of \(Quantity.count(total)) events\(left)"
        }
    }

    /// Shows one line while `body` works, for all of its replays together, because each may be too short to show any.
    ///
    /// - Parameter total: how many events there are to replay in all, if that is known.
    static func showing<Result>(of total: UInt64? = nil, _ body: (Self) throws -> Result) rethrows -> Result {
        let progress = Self(total: total)
        defer { progress.line.end() }
        return try body(progress)
    }
}
