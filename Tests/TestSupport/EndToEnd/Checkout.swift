import Foundation
public import SystemPackage

/// The files of this repository that tests use directly.
public enum Checkout {
    /// Its top directory.
    public static let root: FilePath = {
        let own = URL(filePath: #filePath).deletingLastPathComponent()
        return FilePath(own.appending(path: "../../..").standardized.path)
    }()

    /// The traces that come with the project, by name.
    public static let traces: [FilePath] = {
        let directory = root.appending("traces")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []
        return names.filter { $0.hasSuffix(".rrvm") }.sorted().map { directory.appending($0) }
    }()
}
