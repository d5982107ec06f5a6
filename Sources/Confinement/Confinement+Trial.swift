internal import Glibc

extension Confinement {
    /// Which layers hold on a host.
    public struct Trial: Codable, Hashable, Sendable {
        /// Landlock keeps a process away from files.
        public var limitsFiles: Bool
        /// The filter stops a system call that is not on its list.
        public var limitsSystemCalls: Bool
    }

    /// Gives up all rights that this process can give up, and then tests whether it still has them. What it has open
    /// stays usable.
    public static func trial() -> Trial {
        try? limitFiles()
        // SAFETY: the string lives through the call, which only reads it.
        let file = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        let limitsFiles = file < 0 && errno == EACCES
        if file >= 0 { close(file) }
        try? limitSystemCalls()
        let other = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let limitsSystemCalls = other < 0 && errno == EPERM
        if other >= 0 { close(other) }
        return Trial(limitsFiles: limitsFiles, limitsSystemCalls: limitsSystemCalls)
    }
}
