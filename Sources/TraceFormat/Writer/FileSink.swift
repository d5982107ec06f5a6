import Glibc
import Synchronization
import SystemPackage

/// A file whose name ends in `.part` until it is finished.
///
/// It is locked (`flock`) as long as somebody may write to it, so that a reader can tell whether its recorder is alive.
final class FileSink: TraceSink {
    /// The finished file's name. The recorder's thread may change it while the writer's thread uses it.
    private let finalPath: Mutex<FilePath>
    private let descriptor: CInt
    /// The directory of all its names. It is opened at once because the process may give up the right to open files. If
    /// this failed, it is minus errno.
    private let directory: CInt

    /// A trace holds the guest's memory, so only its owner may read it.
    private static let mode: mode_t = 0o600

    /// Creates the unfinished file. Neither it nor the finished one may exist.
    ///
    /// Creating it reserves the name: if several recorders start at once, each finds one of the others' files.
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
        // Check again: meanwhile a recorder may have finished its trace of this name and so released the unfinished
        // name.
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
        // Lock it before the first byte is written, so that whoever can open this file as a trace finds it locked. This
        // waits no longer than a reader takes for its check. If a file system has no locks, readers notice this too.
        flock(descriptor, LOCK_EX)
    }

    deinit {
        close(descriptor)
        if directory >= 0 { close(directory) }
    }

    /// Whether anything, even a dangling link, has this name.
    private static func exists(_ path: FilePath) -> Bool {
        var information = stat()
        // SAFETY: the name is a C string for the length of the call, which fills the structure it is given.
        return unsafe path.withPlatformString { unsafe lstat($0, &information) } == 0
    }

    private var path: FilePath { finalPath.withLock { $0 } }
    /// The file's name until it is finished.
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
        // A file without a name in any directory cannot be kept.
        guard information.st_nlink > 0 else { return ENOENT }
        // EINVAL: this file system cannot synchronize directories.
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
                // Unlike a rename, a link never replaces an existing file.
                if unsafe link(old, new) == 0 { return unsafe unlink(old) }
                guard [EPERM, ENOTSUP, EMLINK].contains(errno) else { return -1 }
                // There are no hard links here. The rename replaces an empty file that was just created, so no other
                // file can be lost.
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
