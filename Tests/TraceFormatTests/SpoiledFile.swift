import Foundation
import SystemPackage

/// A file with changes that can be taken back.
struct SpoiledFile {
    let bytes: [UInt8]
    let path: FilePath
    private let handle: FileHandle

    /// Copies `original` to `path`.
    init(copying original: FilePath, to path: FilePath) throws {
        bytes = try [UInt8](Data(contentsOf: URL(filePath: original.string)))
        try Data(bytes).write(to: URL(filePath: path.string))
        self.path = path
        handle = try FileHandle(forUpdating: URL(filePath: path.string))
    }

    /// Flips bits of some bytes.
    func flip(_ changes: [(offset: Int, mask: UInt8)]) throws {
        for (offset, mask) in changes { try write([bytes[offset] ^ mask], at: offset) }
    }

    /// Takes flips back.
    func restore(_ changes: [(offset: Int, mask: UInt8)]) throws {
        for (offset, _) in changes { try write([bytes[offset]], at: offset) }
    }

    /// Cuts the file off. Sizes must shrink from call to call.
    func truncate(to size: Int) throws {
        try handle.truncate(atOffset: UInt64(size))
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws {
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: bytes)
    }
}
