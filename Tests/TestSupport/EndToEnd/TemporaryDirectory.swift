import Foundation
import Glibc
public import SystemPackage

/// A directory for one test, removed with everything in it at the end.
public struct TemporaryDirectory: ~Copyable {
    private let url: URL

    /// Makes an empty one.
    public init() throws {
        var name = Array(FileManager.default.temporaryDirectory.appending(path: "rr-vm-test-XXXXXX").path.utf8CString)
        // SAFETY: mkdtemp changes the last letters of the string, which ends with a zero and lives through the call.
        guard unsafe mkdtemp(&name) != nil else { throw Errno(rawValue: errno) }
        url = URL(filePath: FilePath(platformString: name).string, directoryHint: .isDirectory)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The directory.
    public var path: FilePath { FilePath(url.path) }

    /// A path in the directory.
    public func file(_ name: String) -> FilePath { path.appending(name) }

    /// What is in the directory, by name.
    public var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }

    /// Writes a file into the directory.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> FilePath {
        try Data(bytes).write(to: url.appending(path: name))
        return file(name)
    }

    /// Reads a file of the directory.
    public func read(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: url.appending(path: name)))
    }
}
