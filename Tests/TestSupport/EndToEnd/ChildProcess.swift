import Glibc
import TestBasics

/// Another program that is running.
struct ChildProcess {
    private let identifier: pid_t
    private let start = time(nil)
    /// How it ended, in a shell's terms; nil while it runs.
    private(set) var status: Int32?

    /// Starts a program without input, in `directory`, with its output going to two files.
    ///
    /// - Parameter blocked: signals that stay pending until the program unblocks them.
    init(
        _ program: String,
        _ arguments: [String],
        directory: String,
        output: String,
        messages: String,
        blocked: [Int32] = []
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        // env replaces itself with the program, so both are one process.
        let words = ["/usr/bin/env", "--chdir=\(directory)", program] + arguments
        var strings = unsafe words.map { unsafe strdup($0) } + [nil]
        var identifier: pid_t = 0
        // SAFETY: actions and strings are made above, live through the calls that read them, and are released below once;
        // the list of strings ends with nil.
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, messages, O_WRONLY | O_CREAT, 0o600)
        // However the tests were started: a shell's background job, for example, ignores Ctrl-C.
        var attributes = posix_spawnattr_t()
        var (mask, usual) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&mask)
        for signal in blocked { unsafe sigaddset(&mask, signal) }
        unsafe sigfillset(&usual)
        // SAFETY: as above.
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let result = unsafe posix_spawn(&identifier, words[0], &actions, &attributes, &strings, environ)
        unsafe posix_spawnattr_destroy(&attributes)
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe strings.forEach { unsafe free($0) }
        guard result == 0 else { throw SpawnError(program: program, errno: result) }
        self.identifier = identifier
    }

    /// Whether it has not ended yet. It is killed if it hangs, which means that it has taken more time than any load
    /// explains.
    mutating func isRunning() -> Bool {
        if status == nil, time(nil) - start > 60 * LastResort.minutes { kill(identifier, SIGKILL) }
        collect(WNOHANG)
        return status == nil
    }

    /// Waits for its end.
    mutating func wait() -> Int32 {
        var pause: UInt32 = 100
        while isRunning() {
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
        return status ?? 0
    }

    /// Sends a signal, unless it has ended.
    mutating func signal(_ number: Int32) {
        if isRunning() { kill(identifier, number) }
    }

    private mutating func collect(_ options: Int32) {
        guard status == nil else { return }
        var value: Int32 = 0
        // SAFETY: waitpid fills the number it is given.
        guard unsafe waitpid(identifier, &value, options) == identifier else { return }
        let signal = value & 0x7F
        status = signal == 0 ? (value >> 8) & 0xFF : 128 + signal
    }
}

/// A program could not be started.
struct SpawnError: Error {
    var program: String
    var errno: Int32
}
