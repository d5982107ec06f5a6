import CHostIO
import Dispatch
import Glibc
import Recorder
import Synchronization
import TraceFormat

/// Turns Ctrl-C, and a request to terminate, into a clean end of the run.
///
/// Signals are handled from the very start (``prepare(for:)``). One that comes while the run is still being prepared
/// ends it as soon as it has begun; a second one ends the process at once.
struct Interruption {
    /// Signals that end a run.
    private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    /// Signals that stop the process for a while, and let it go on.
    private static let pausing = [SIGTSTP, SIGCONT]
    private static let commands: Set = ["record", "run", "minimize"]

    private static let target = Mutex(Target())

    /// What a signal stops.
    private struct Target {
        var stop: StopRequest?
        /// A signal has come, so the current run must end, and so must any that follows.
        var isRequested = false
        var isOver = false
    }

    /// Begins to handle the signals, for a command that ends its run cleanly. Call this before any other thread exists:
    /// later threads inherit the mask and leave these signals to the one thread that waits for them.
    static func prepare(for command: String?) {
        guard let command, commands.contains(command) else { return releaseQuit() }
        // A recording must not be lost because nobody reads the console any more (`| head`).
        signal(SIGPIPE, SIG_IGN)
        // A user who starts a command with nohup wants it to go on when the terminal is gone.
        var former = sigaction()
        // SAFETY: the call fills the structure that it is given.
        unsafe sigaction(SIGHUP, nil, &former)
        let isHangUpIgnored =
            unsafe former.__sigaction_handler.sa_handler.map { unsafe unsafeBitCast($0, to: Int.self) } == 1
        let taken = (ending + pausing).filter { $0 != SIGHUP || !isHangUpIgnored }
        for number in taken { signal(number, SIG_DFL) }
        mask(SIG_BLOCK, taken)
        DispatchQueue(label: "signals").async { wait(for: taken) }
    }

    /// Lets SIGQUIT, which has been blocked since the process began, end it.
    private static func releaseQuit() {
        signal(SIGQUIT, SIG_DFL)
        mask(SIG_UNBLOCK, [SIGQUIT])
    }

    /// Blocks signals on this thread (`SIG_BLOCK`), or unblocks them (`SIG_UNBLOCK`).
    private static func mask(_ how: CInt, _ numbers: [Int32]) {
        var set = signalSet(numbers)
        // SAFETY: the call reads the set that it is given.
        unsafe pthread_sigmask(how, &set, nil)
    }

    private static func signalSet(_ numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        // SAFETY: the calls fill the set that they are given.
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        return set
    }

    private static func wait(for numbers: [Int32]) {
        var set = signalSet(numbers)
        while true {
            var number: Int32 = 0
            // SAFETY: the call reads the set and fills the number.
            guard unsafe sigwait(&set, &number) == 0 else { continue }
            switch number {
            case SIGTSTP: pause()
            case SIGCONT: TerminalInput.resume()
            default: take(number)
            }
        }
    }

    private static func take(_ number: Int32) {
        let (stop, isLast) = target.withLock { target in
            defer { target.isRequested = true }
            return (target.stop, target.isOver || target.stop == nil && target.isRequested)
        }
        guard isLast else {
            stop?.request(.interrupted)
            return
        }
        chostio_terminal_restore()
        letThrough(number)
    }

    /// Lets a signal have its usual effect on the process.
    private static func letThrough(_ number: Int32) {
        mask(SIG_UNBLOCK, [number])
        raise(number)
        mask(SIG_BLOCK, [number])
    }

    /// Restores the terminal and stops the process until somebody lets it go on.
    private static func pause() {
        TerminalInput.pause()
        letThrough(SIGTSTP)
        TerminalInput.resume()
    }

    /// Aims the signals at `stop`, including one that has come already.
    init(of stop: StopRequest? = nil) {
        if let stop { aim(at: stop) }
    }

    /// Whether a signal has come.
    var isRequested: Bool { Self.target.withLock { $0.isRequested } }

    /// Makes the signals stop this run from now on.
    func aim(at stop: StopRequest) {
        let isRequested = Self.target.withLock { target in
            target.stop = stop
            return target.isRequested
        }
        if isRequested { stop.request(.interrupted) }
    }

    /// From now on, a signal ends the process.
    func end() {
        Self.target.withLock { $0.isOver = true }
    }
}
