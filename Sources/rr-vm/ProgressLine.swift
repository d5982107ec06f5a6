import Dispatch
import SystemPackage

/// A line on the terminal that says how far a long piece of work has come; nothing where nobody looks, or where the guest's
/// console has the terminal.
struct ProgressLine {
    private static let clearLine = "\r\u{1B}[K"
    private static let interval = DispatchTimeInterval.milliseconds(250)

    private let timer: (any DispatchSourceTimer)?

    /// Shows `verb`, the events and the time four times a second, and the size of the file at `growing` if given.
    ///
    /// - Parameter console: the guest's console goes to standard output meanwhile.
    init(
        _ verb: String,
        console: Bool,
        growing path: FilePath? = nil,
        events: @escaping @Sendable () -> UInt64
    ) {
        guard StandardError.isTerminal, !(console && StandardOutput.isTerminal) else {
            timer = nil
            return
        }
        let start = DispatchTime.now()
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.setEventHandler {
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
            let size = path.flatMap(FileSystem.size).map { ", " + Quantity.bytes($0) } ?? ""
            let line = "\(verb): \(Quantity.count(events())) events, \(Quantity.seconds(seconds))\(size)"
            StandardError.put(Self.clearLine + line)
        }
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
        timer.resume()
        self.timer = timer
    }

    /// Takes the line away.
    func end() {
        guard let timer else { return }
        timer.cancel()
        StandardError.put(Self.clearLine)
    }
}
