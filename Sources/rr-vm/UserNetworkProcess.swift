import Glibc
import Recorder
import SystemPackage

/// Starts the process that is a guest's network with `--net user`.
enum UserNetworkProcess {
    private static let program = "/proc/self/exe"

    /// Starts it, and returns the link to it. It ends when the link is closed, or when this process ends.
    static func start() throws(LinkFailure) -> StreamLink {
        var ends: [Int32] = [-1, -1]
        // SAFETY: socketpair fills the two numbers that it is lent.
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
        else { throw .refused("a socket", Errno(rawValue: errno)) }
        let link = try StreamLink(connected: ends[0])
        defer { close(ends[1]) }
        let error = spawn(["rr-vm", "user-network"], input: ends[1])
        guard error == 0 else { throw .refused("the process for the network", Errno(rawValue: error)) }
        return link
    }

    /// Returns 0 or the error.
    private static func spawn(_ arguments: [String], input: Int32) -> Int32 {
        // SAFETY: both are initialised before they are used and destroyed after it. The strings live through the call,
        // which copies them.
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // A group of its own: Ctrl-C ends the recording, and that ends the network. Signals have their default meaning in it.
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process: pid_t = 0
        return unsafe posix_spawn(&process, program, &actions, &attributes, &words, environ)
    }
}
