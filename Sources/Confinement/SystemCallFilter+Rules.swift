internal import CSeccomp
internal import Glibc

extension SystemCallFilter {
    /// A system call, and what its arguments must be.
    struct Rule {
        let name: String
        private(set) var arguments: [scmp_arg_cmp] = []

        init(_ name: String) {
            self.name = name
        }

        /// The same call, allowed only if the bits of `mask` in argument number `index` equal `value`.
        func when(_ index: UInt32, _ mask: UInt64, is value: UInt64) -> Self {
            var rule = self
            rule.arguments.append(
                scmp_arg_cmp(arg: index, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
            )
            return rule
        }
    }
}

extension SystemCallFilter.Rule {
    private static let all = UInt64.max
    // Of <linux/sched.h> and <linux/prctl.h>, which Glibc's module lacks.
    private static let cloneThread: UInt64 = 0x10000
    private static let setName: UInt64 = 15

    /// Calls whose arguments are in memory, where a filter cannot look. Callers do without them if they do not exist:
    /// glibc then starts threads with `clone`.
    static let unknown = ["clone3"]

    /// What every confined process may do: use its memory, its threads and what it has open, and name its files.
    static let always: [Self] = [
        memory, threads, signals, time, waiting, descriptors, names, aboutItself, devices,
    ].flatMap(\.self)

    private static let memory =
        ["brk", "munmap", "mremap", "madvise", "membarrier"].map(Self.init)
        // No new code.
        + ["mmap", "mprotect"].map { Self($0).when(2, UInt64(PROT_EXEC), is: 0) }

    /// New threads, but no new processes.
    private static let threads =
        [
            "futex", "set_robust_list", "rseq", "exit", "exit_group", "sched_yield", "sched_getaffinity", "sigaltstack",
            "restart_syscall",
        ].map(Self.init) + [
            Self("clone").when(0, cloneThread, is: cloneThread),
            Self("prctl").when(0, all, is: setName),
            // Dispatch sets its own threads' priorities, and opens a connection to the system's log if it may not.
            Self("setpriority").when(0, all, is: 0).when(1, all, is: 0),
        ]

    /// Signals to this process only: one of them stops a vCPU.
    private static var signals: [Self] {
        ["rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigpending", "signalfd4"].map(
            Self.init
        )
            + ["tgkill", "kill"].map { Self($0).when(0, all, is: UInt64(getpid())) }
    }

    private static let time = [
        "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "timerfd_create",
        "timerfd_settime", "timerfd_gettime",
    ].map(Self.init)

    private static let waiting = [
        "poll", "ppoll", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2", "pipe2",
    ].map(Self.init)

    private static let descriptors = [
        "read", "readv", "pread64", "preadv", "write", "writev", "pwrite64", "pwritev", "lseek", "close", "dup",
        "fcntl",
        "fstat", "ftruncate", "fallocate", "fsync", "fdatasync", "flock", "getrandom",
        // For sockets that are open already, which are links to networks. None can be made or connected.
        "sendto", "recvfrom", "shutdown",
    ].map(Self.init)

    /// A trace gets its name when it is finished, and `latest` links to it. Looking at a name does not give a right to
    /// the file.
    private static let names = [
        "newfstatat", "statx", "stat", "lstat", "access", "faccessat", "faccessat2", "readlink", "getcwd", "rename",
        "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat",
    ].map(Self.init)

    private static let aboutItself =
        [
            "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getpgrp", "uname", "sysinfo",
            "getrusage",
        ]
        .map(Self.init)
        // Reading limits, not setting them.
        + [Self("prlimit64").when(2, all, is: 0)]

    /// KVM's requests (their type is 0xAE), and those of terminals that read or set the mode, but not those that type
    /// for others.
    private static let devices =
        [Self("ioctl").when(1, 0xFF00, is: 0xAE00)]
        + [TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, TIOCGPGRP, FIONREAD].map {
            Self("ioctl").when(1, all, is: UInt64($0))
        }

    /// What accepting connections needs. No socket can be made, bound or connected.
    static let acceptingConnections = ["accept", "accept4"].map(Self.init)

    /// What making and using sockets of the Internet needs.
    static let usingTheInternet =
        [
            "connect", "bind", "listen", "accept", "accept4", "getsockname", "getpeername", "setsockopt", "getsockopt",
            "recvmsg", "sendmsg",
        ].map(Self.init)
        + [AF_INET, AF_INET6].map { Self("socket").when(0, all, is: UInt64($0)) }

    /// What opening files needs. Landlock decides which files.
    static let openingFiles = ["open", "openat", "creat", "getdents64", "fchmod", "chmod", "mkdir", "umask"].map(
        Self.init
    )
}
