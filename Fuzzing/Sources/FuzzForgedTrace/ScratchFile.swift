import Glibc
import SystemPackage

/// A file without a name.
final class ScratchFile: Sendable {
    static let shared = ScratchFile()
    private let descriptor: CInt

    var path: FilePath { FilePath("/proc/self/fd/\(descriptor)") }

    private init() {
        let name = "/tmp/rr-vm-fuzz-\(getpid())"
        descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { fatalError("cannot create \(name)") }
        unlink(name)
    }

    func replace(with bytes: [UInt8]) throws {
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw Errno(rawValue: errno)
        }
    }
}
