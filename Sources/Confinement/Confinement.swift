internal import CHostIO
internal import Glibc
public import SystemPackage

/// Takes away from this process the rights that it no longer needs, before it looks at untrusted bytes and before a
/// guest runs. What was opened before stays usable; nothing gives the rights back.
///
/// Two layers of the kernel do this, and each works without the other: Landlock keeps the process away from files, and
/// a seccomp filter allows only the system calls that reading, replaying and recording make.
public enum Confinement {
    /// What the system calls of a confined process may do besides using its open descriptors.
    public struct Doors: OptionSet, Hashable, Sendable {
        /// A bit for each door.
        public let rawValue: UInt8

        /// Makes a set of its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Open files. Which ones is up to ``limitFiles(to:)``.
        public static let files = Self(rawValue: 1)
        /// Accept connections at sockets that listen already.
        public static let connections = Self(rawValue: 2)
        /// Make and use sockets of the Internet.
        public static let internet = Self(rawValue: 4)
    }

    /// Whether the kernel has Landlock and has it switched on.
    public static var canLimitFiles: Bool { chostio_landlock_version() > 0 }

    /// O_PATH, which Glibc's module lacks. With it, a directory that may be written but not read can still be opened.
    private static let path: CInt = 0o10000000

    /// Keeps this thread, and all that it starts, away from files outside some directories. Inside them it may read,
    /// make, rename and remove files and links. It can execute nothing and make no TCP connection.
    ///
    /// Call this while the process has one thread: it does not affect other threads. It does nothing if the kernel has
    /// no Landlock.
    ///
    /// - Throws: an error if a directory cannot be opened, or if the kernel refuses although it has Landlock.
    public static func limitFiles(to directories: [FilePath] = []) throws(ConfinementError) {
        try limitFiles(to: directories, keeping: CHOSTIO_KEEPS_CHANGES)
    }

    /// The same, but files inside the directories may only be read, and TCP connections can be made.
    public static func limitFilesOfNetwork(to directories: [FilePath]) throws(ConfinementError) {
        try limitFiles(to: directories, keeping: CHOSTIO_KEEPS_TCP)
    }

    private static func limitFiles(
        to directories: [FilePath],
        keeping kept: chostio_kept
    ) throws(ConfinementError) {
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
            unsafe chostio_restrict_files($0.baseAddress, $0.count, CInt(kept.rawValue))
        }
        guard result == 0 else { throw .landlock(Errno(rawValue: result)) }
    }

    /// Limits this process, with all its present and future threads, to the system calls that it still needs. Any other
    /// call fails with `EPERM`, or with `ENOSYS` if callers are known to have another way then.
    ///
    /// - Throws: an error if the kernel has no seccomp filters, or refuses this one.
    public static func limitSystemCalls(keeping doors: Doors = []) throws(ConfinementError) {
        try SystemCallFilter(doors).install()
    }
}
