import Glibc
import Synchronization
import SystemPackage

/// A file that has its name with `.part` behind it until it is finished.
///
/// It is locked (`flock`) as long as somebody may write to it: a reader can tell a recorder that lives from one that is gone.
final class FileSink: TraceSink {
    /// The finished file's name. The recorder's thread may change it while the writer's uses it.
    private let finalPath: Mutex<FilePath>
    private let descriptor: CInt
    /// The directory of all its names, opened at once because the process may give up the right to open files; minus errno
    /// where it cannot be.
    private let directory: CInt

    /// A trace holds the guest's memory: it is for its owner only.
    private static let mode: mode_t = 0o600

    /// Creates the unfinished file; neither it nor the finished one may exist.
    ///
    /// Creating it takes the name: of any number of recorders that start at once, each finds either file of the others.
    init(path: FilePath) throws(TraceError) {
        finalPath = Mutex(path)
        let partialPath = path.unfinished
        guard !Self.exists(path) else { throw .exists(path: path) }
        // SAFETY: the string lives through the call, which only reads it.
        descriptor = unsafe partialPath.withPlatformString {
            unsafe open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, Self.mode)
        }
        guard descriptor >= 0 else {
            guard errno != EEXIST else { throw .exists(path: partialPath) }
            throw .io(operation: "create", path: partialPath, errno: Errno(rawValue: errno))
        }
        // Once more: a recorder may have finished its trace of this name since, and given up the unfinished name thereby.
        guard !Self.exists(path) else {
            partialPath.removeFile()
            close(descriptor)
            throw .exists(path: path)
        }
        let parent = path.removingLastComponent()
        // SAFETY: the string lives through the call, which only reads it.
        let opened = unsafe (parent.isEmpty ? FilePath(".") : parent).withPlatformString {
            unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        directory = opened >= 0 ? opened : -errno
        // Before the first byte: whoever can open this file as a trace finds it locked. Waits for no longer than a reader
        // takes to look. Where a file system has no locks, readers find out that too.
        flock(descriptor, LOCK_EX)
    }

    deinit {
        close(descriptor)
        if directory >= 0 { close(directory) }
    }

    /// Whether anything, even a link that leads nowhere, has this name.
    private static func exists(_ path: FilePath) -> Bool {
        var information = stat()
        // SAFETY: the name is a C string for the length of the call, which fills the structure it is given.
        return unsafe path.withPlatformString { unsafe lstat($0, &information) } == 0
    }

    private var path: FilePath { finalPath.withLock { $0 } }
    /// The name until it is finished.
    private var partialPath: FilePath { path.unfinished }

    func write(_ bytes: RawSpan, at position: UInt64) throws(TraceError) {
        var done = 0
        while done < bytes.byteCount {
            // SAFETY: the buffer is only read, inside the closure, while the span that it views is alive.
            let count = unsafe bytes.extracting(done...).withUnsafeBytes { buffer in
                unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(position) + off_t(done))
            }
            guard count >= 0 || errno == EINTR else { throw failure("write") }
            done += max(count, 0)
        }
    }

    func truncate(to size: UInt64) throws(TraceError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw failure("truncate") }
    }

    func synchronize() throws(TraceError) {
        guard fdatasync(descriptor) == 0 else { throw failure("synchronize") }
    }

    func synchronizeName() throws(TraceError) {
        let failure = directory < 0 ? -directory : synchronizeDirectory()
        guard failure == 0 else {
            throw .io(operation: "synchronize", path: path.removingLastComponent(), errno: Errno(rawValue: failure))
        }
    }

    /// - Returns: 0 or errno.
    private func synchronizeDirectory() -> CInt {
        var information = stat()
        // SAFETY: the call fills the structure that it is given.
        guard unsafe fstat(directory, &information) == 0 else { return errno }
        // Without a name in any directory it holds none for good.
        guard information.st_nlink > 0 else { return ENOENT }
        // EINVAL: this file system knows no such thing for directories.
        return fsync(directory) == 0 || errno == EINVAL ? 0 : errno
    }

    func replace(_ path: FilePath) throws(TraceError) {
        let (old, new) = (partialPath, path.unfinished)
        // SAFETY: the strings live through the calls, which only read them.
        let result = unsafe old.withPlatformString { old in
            unsafe new.withPlatformString { new in unsafe rename(old, new) }
        }
        guard result == 0 else { throw failure("rename") }
        finalPath.withLock { $0 = path }
    }

    func publish() throws(TraceError) {
        let (path, partialPath) = (path, partialPath)
        // SAFETY: the strings live through the calls, which only read them.
        let result = unsafe partialPath.withPlatformString { old in
            unsafe path.withPlatformString { new in
                // A link, unlike a renamed file, never replaces one that exists.
                if unsafe link(old, new) == 0 { return unsafe unlink(old) }
                guard [EPERM, ENOTSUP, EMLINK].contains(errno) else { return -1 }
                // No hard links here: what the rename replaces is an empty file that was not there before.
                let placeholder = unsafe open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, Self.mode)
                guard placeholder >= 0 else { return -1 }
                close(placeholder)
                return unsafe rename(old, new)
            }
        }
        guard result == 0 else {
            guard errno != EEXIST else { throw .exists(path: path) }
            throw .io(operation: "rename \(partialPath) to", path: path, errno: Errno(rawValue: errno))
        }
    }

    func discard() {
        partialPath.removeFile()
    }

    private func failure(_ operation: String) -> TraceError {
        .io(operation: operation, path: partialPath, errno: Errno(rawValue: errno))
    }
}
