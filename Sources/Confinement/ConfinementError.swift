public import SystemPackage

/// Why a process could not give up its rights.
public enum ConfinementError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A directory in which files are to be made cannot be opened.
    case directory(FilePath, Errno)
    /// The kernel refused a Landlock rule.
    case landlock(Errno)
    /// The kernel, or libseccomp, refused the filter.
    case filter(Errno)

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .directory(let path, let error): "cannot open the directory \(path): \(error)"
        case .landlock(let error): "the kernel refuses a Landlock rule: \(error)"
        case .filter(let error): "the kernel refuses a seccomp filter: \(error)"
        }
    }
}
