import Foundation
public import SystemPackage

/// A directory of its own for one test, removed with everything in it at the end.
public struct TemporaryDirectory: ~Copyable {
    private let url: URL

    /// Makes an empty one.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "rr-vm-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
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
