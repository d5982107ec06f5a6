import Foundation
import Glibc
import SystemPackage

/// A directory of its own for one test, removed with everything in it at the end.
struct TemporaryDirectory: ~Copyable {
    private let url: URL

    init() throws {
        var name = Array(FileManager.default.temporaryDirectory.appending(path: "rr-vm-trace-XXXXXX").path.utf8CString)
        // SAFETY: mkdtemp changes the last letters of the string, which ends with a zero and lives through the call.
        guard unsafe mkdtemp(&name) != nil else { throw Errno(rawValue: errno) }
        url = URL(filePath: FilePath(platformString: name).string, directoryHint: .isDirectory)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The directory.
    var path: FilePath { FilePath(url.path) }

    /// A path in the directory.
    func file(_ name: String) -> FilePath { path.appending(name) }

    /// What is in the directory, by name.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}
