import Confinement
import Glibc
import SystemPackage

/// Makes one system call in a process that has given up its rights: `confined-call LAYER CALL [DIRECTORY]`.
///
/// LAYER is `calls`, `calls-files`, `calls-internet`, `files` or `files-network`. With the last two, DIRECTORY is where files may be
/// made or read. Prints the result of
/// the call: `done`, or the name of its error.
@main
struct ConfinedCall {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard (3...4).contains(arguments.count), let call = calls[arguments[2]] else {
            print("usage: confined-call LAYER CALL [DIRECTORY]")
            exit(EX_USAGE)
        }
        switch arguments[1] {
        case "calls": try Confinement.limitSystemCalls()
        case "calls-files": try Confinement.limitSystemCalls(keeping: .files)
        case "calls-internet": try Confinement.limitSystemCalls(keeping: .internet)
        case "files-network": try Confinement.limitFilesOfNetwork(to: [FilePath(arguments[3])])
        default: try Confinement.limitFiles(to: [FilePath(arguments[3])])
        }
        print(call(arguments.count > 3 ? arguments[3] : "") >= 0 ? "done" : name(of: errno))
    }

    private static func name(of error: CInt) -> String {
        switch error {
        case EPERM: "EPERM"
        case EACCES: "EACCES"
        default: "errno \(error)"
        }
    }

    /// Each gives a negative number if the kernel refuses. SAFETY of all: strings and structures are lent for the
    /// length of the call, and all pointers lead to memory that exists.
    private static let calls: [String: @Sendable (String) -> Int] = [
        "open": { _ in Int(unsafe open("/dev/null", O_RDONLY)) },
        "read": { Int(unsafe open("\($0)/old", O_RDONLY)) },
        "make": { Int(unsafe open("\($0)/made", O_WRONLY | O_CREAT | O_EXCL, 0o600)) },
        "make-elsewhere": { Int(unsafe open("\($0)/../made", O_WRONLY | O_CREAT | O_EXCL, 0o600)) },
        "rename-elsewhere": { Int(unsafe rename("\($0)/old", "\($0)/../new")) },
        "connect": { _ in Int(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)) },
        "network": { _ in Int(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) },
        "exec": { _ in Int(unsafe execv("/bin/true", [strdup("true"), nil])) },
        "fork": { _ in
            var process: pid_t = 0
            let error = unsafe posix_spawn(&process, "/bin/true", nil, nil, [strdup("true"), nil], environ)
            errno = error
            return error == 0 ? 0 : -1
        },
        "mount": { _ in Int(unsafe mount("none", "/proc", "proc", 0, nil)) },
        "chroot": { _ in Int(unsafe chroot("/")) },
        "signal-parent": { _ in Int(kill(getppid(), 0)) },
        "signal-self": { _ in Int(kill(getpid(), 0)) },
        "new-code": { _ in
            unsafe mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0
        },
        "memory": { _ in
            unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0
        },
        "thread": { _ in
            var thread = pthread_t()
            let error = unsafe pthread_create(&thread, nil, { _ in nil }, nil)
            errno = error
            return error == 0 ? Int(pthread_join(thread, nil)) : -1
        },
        // TIOCSTI types into the terminal as if the user did.
        "type": { _ in
            var character: CChar = 65
            return Int(unsafe ioctl(0, 0x5412, &character))
        },
    ]
}
