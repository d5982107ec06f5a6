import Glibc

/// How many files this process may have open.
enum OpenFileLimit {
    /// What one machine, its trace and the runtime's own descriptors need, with some to spare.
    private static let needed: rlim_t = 32

    /// Raises a limit that is too low, because the runtime crashes when it runs out of descriptors.
    ///
    /// - Throws: an error if the system does not let it be raised far enough.
    static func require() throws(CommandFailure) {
        var limit = rlimit()
        // SAFETY: the calls fill and read the structure they are given.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < needed else {
            return
        }
        limit.rlim_cur = min(needed, limit.rlim_max)
        let isRaised = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        guard isRaised, limit.rlim_cur == needed else {
            throw CommandFailure(
                .unavailable,
                "at most \(limit.rlim_max) files may be open here, and \(needed) are needed: raise the limit with ulimit -n"
            )
        }
    }
}
