internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// A directory that nobody else can prepare or look into. It is removed at the end with everything in it.
struct PrivateDirectory: ~Copyable {
    let path: FilePath

    /// Makes a directory with a unique name (`mkdtemp`: mode 0700) in `TMPDIR`, or in `/tmp`.
    init() throws(Errno) {
        // SAFETY: no other thread changes the environment; the value is copied at once.
        let place = unsafe getenv("TMPDIR").map { unsafe FilePath(platformString: $0) }
        let parent = place.flatMap { $0.isEmpty ? nil : $0 } ?? FilePath("/tmp")
        // SAFETY: the string is read up to its final zero, inside the closure.
        var name = unsafe parent.appending("rr-vm-XXXXXX").withPlatformString {
            unsafe Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
        }
        // SAFETY: mkdtemp changes the last letters of the string, which ends with a zero and lives through the call.
        guard unsafe mkdtemp(&name) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(platformString: name)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// Creates a file in the directory.
    func create(_ name: String) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                path.appending(name),
                .writeOnly,
                options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite
            )
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}
