import Dispatch
import Glibc
import Recorder
import Synchronization
import TraceFormat

/// Turns Ctrl-C, and a request to terminate, into a clean end of the run.
struct Interruption {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    private let target: Target
    private let sources: [any DispatchSourceSignal]

    /// The run that a signal stops.
    private final class Target: Sendable {
        let stop: Mutex<StopRequest?>

        init(_ stop: StopRequest?) { self.stop = Mutex(stop) }
    }

    /// Catches the signals from here on, and stops what it is aimed at.
    init(of stop: StopRequest? = nil) {
        let target = Target(stop)
        self.target = target
        // A console that nobody reads any more (`| head`) is no reason to lose a recording.
        signal(SIGPIPE, SIG_IGN)
        sources = Self.signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { target.stop.withLock { $0 }?.request(.interrupted) }
            source.resume()
            return source
        }
    }

    /// Lets the signals stop another run.
    func aim(at stop: StopRequest) {
        target.stop.withLock { $0 = stop }
    }

    /// Gives the signals their usual meaning back.
    func end() {
        for source in sources { source.cancel() }
        for number in Self.signals + [SIGPIPE] { signal(number, SIG_DFL) }
    }
}
