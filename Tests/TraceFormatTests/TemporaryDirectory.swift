import Foundation
import SystemPackage

/// A directory of its own for one test, removed with everything in it at the end.
struct TemporaryDirectory: ~Copyable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "rr-vm-trace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
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
