internal import CHostIO
internal import Glibc
public import SystemPackage

/// Takes rights from this process that it does not need any more: before bytes that a stranger made are looked at, and before
/// a guest runs. What was opened before stays usable; nothing gives the rights back.
///
/// Two layers of the kernel's, each of which holds by itself: Landlock keeps the process away from files, a seccomp filter lets
/// only those system calls through that reading, replaying and recording make.
public enum Confinement {
    /// What the system calls of a confined process may still do beyond its open descriptors.
    public struct Doors: OptionSet, Hashable, Sendable {
        /// A bit for each door.
        public let rawValue: UInt8

        /// Makes a set of its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Open files. Which ones is up to ``limitFiles(to:)``.
        public static let files = Self(rawValue: 1)
    }

    /// Whether the kernel has Landlock, and switched on.
    public static var canLimitFiles: Bool { chostio_landlock_version() > 0 }

    /// O_PATH, which Glibc's module lacks: a directory that may be written to and not read can be named all the same.
    private static let path: CInt = 0o10000000

    /// Keeps this thread and all that it starts away from files, but for those in some directories: there it may read, make,
    /// rename and remove files and links. Opens nothing elsewhere, executes nothing, and makes no TCP connection.
    ///
    /// To be called while the process has one thread: others do not notice. Does nothing where the kernel has no Landlock.
    ///
    /// - Throws: a directory that cannot be opened, or a kernel that refuses although it has Landlock.
    public static func limitFiles(to directories: [FilePath] = []) throws(ConfinementError) {
        guard canLimitFiles else { return }
        var descriptors: [CInt] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        for directory in directories {
            // SAFETY: the string lives through the call, which only reads it.
            let descriptor = unsafe directory.withPlatformString { unsafe open($0, path | O_DIRECTORY | O_CLOEXEC) }
            guard descriptor >= 0 else { throw .directory(directory, Errno(rawValue: errno)) }
            descriptors.append(descriptor)
        }
        // SAFETY: the array lives through the call, which reads as many elements as it has.
        let result = unsafe descriptors.withUnsafeBufferPointer {
            unsafe chostio_restrict_files($0.baseAddress, $0.count)
        }
        guard result == 0 else { throw .landlock(Errno(rawValue: result)) }
    }

    /// Lets this process, with all threads that it has and will have, make only the system calls that it needs from here on. Any
    /// other fails: it returns `EPERM`, or `ENOSYS` where callers are known to have another way then.
    ///
    /// - Throws: a kernel without seccomp filters, or one that refuses.
    public static func limitSystemCalls(keeping doors: Doors = []) throws(ConfinementError) {
        try SystemCallFilter(doors).install()
    }
}
