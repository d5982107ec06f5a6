import Glibc
import SystemPackage
import TraceFormat

/// The few things commands ask of the file system beyond reading and writing.
enum FileSystem {
    /// Whether anything, even a dangling link, has this name.
    static func exists(_ path: FilePath) -> Bool {
        information(on: path, following: false) != nil
    }

    /// The size of a file in bytes, following links; nil if there is none.
    static func size(_ path: FilePath) -> UInt64? {
        information(on: path, following: true).map { UInt64($0.st_size) }
    }

    /// The last component of a path, as a string.
    static func name(of path: FilePath) -> String {
        path.lastComponent?.string ?? path.string
    }

    /// Whether a directory has this name, following links.
    static func isDirectory(_ path: FilePath) -> Bool {
        information(on: path, following: true).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Where a symbolic link leads; nil for anything else.
    static func target(ofLink link: FilePath) -> FilePath? {
        var name = [CInterop.PlatformChar](repeating: 0, count: Int(PATH_MAX) + 1)
        // SAFETY: readlink fills at most the size that it is given, which leaves the last element 0.
        let length = unsafe link.withPlatformString { unsafe readlink($0, &name, Int(PATH_MAX)) }
        return length > 0 ? FilePath(platformString: name) : nil
    }

    /// Makes a symbolic link, and replaces an existing link of that name. Anything else of that name is left alone.
    static func replaceLink(at link: FilePath, target: FilePath) {
        if let present = information(on: link, following: false), present.st_mode & S_IFMT != S_IFLNK { return }
        let temporary = link.appendingSuffix(".\(getpid())")
        // SAFETY: the strings are lent as C strings for the length of each call.
        let isMade = unsafe temporary.withPlatformString { temporary in
            unsafe target.withPlatformString { unsafe symlink($0, temporary) } == 0
        }
        guard isMade else { return }
        if !rename(temporary, to: link) { temporary.removeFile() }
    }

    /// Makes a file that does not exist yet.
    static func create(_ path: FilePath) throws(CommandFailure) -> FileDescriptor {
        do {
            let options: FileDescriptor.OpenOptions = [.create, .exclusiveCreate]
            return try .open(path, .writeOnly, options: options, permissions: [.ownerReadWrite])
        } catch {
            let why = error as? Errno == .fileExists ? "it exists already" : "\(error)"
            throw CommandFailure(.cannotCreate, "cannot create \(path): \(why)")
        }
    }

    /// Makes a file that does not exist yet and writes it. What cannot be written whole is removed.
    static func create<Result>(
        _ path: FilePath,
        _ write: (FileDescriptor) throws -> Result
    ) throws(CommandFailure) -> Result {
        let file = try create(path)
        do {
            return try file.closeAfter { try write(file) }
        } catch {
            path.removeFile()
            if let error = error as? TraceError { throw CommandFailure(error) }
            throw CommandFailure(.inputOutput, "cannot write \(path): \(error)")
        }
    }

    /// Writes the content of a file behind what an open file holds.
    static func append(_ path: FilePath, to other: FileDescriptor) throws {
        let file = try FileDescriptor.open(path, .readOnly)
        try file.closeAfter {
            var block = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                // SAFETY: read fills at most the block's own bytes.
                let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                if count == 0 { return }
                _ = try other.writeAll(block[..<count])
            }
        }
    }

    /// Gives a file another name, in place of whatever has that name; false and `errno` if that fails.
    static func rename(_ path: FilePath, to name: FilePath) -> Bool {
        // SAFETY: the strings are lent as C strings for the length of the call.
        unsafe path.withPlatformString { path in
            unsafe name.withPlatformString { unsafe Glibc.rename(path, $0) } == 0
        }
    }

    /// The first bytes of a regular file, fewer if it has fewer; nil if it cannot be read.
    static func beginning(of path: FilePath, count: Int) -> [UInt8]? {
        // Without this, opening a pipe would wait for its other end.
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .nonBlocking) else { return nil }
        return try? file.closeAfter {
            guard try isRegular(file) else { return nil }
            var block = [UInt8](repeating: 0, count: count)
            // SAFETY: read fills at most the block's own bytes.
            let length = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            return Array(block[..<length])
        }
    }

    private static func information(on path: FilePath, following: Bool) -> stat? {
        var information = stat()
        // SAFETY: the name is a C string for the length of the call, which fills the structure it is given.
        let result = unsafe path.withPlatformString { name in
            unsafe following ? stat(name, &information) : lstat(name, &information)
        }
        return result == 0 ? information : nil
    }

    /// The names in a directory, in alphabetical order.
    static func names(in directory: FilePath) throws(CommandFailure) -> [String] {
        // SAFETY: the name is a C string for the length of the call; the stream is used on this thread only, and closed.
        guard let stream = unsafe directory.withPlatformString({ unsafe opendir($0) }) else {
            throw CommandFailure(.noInput, "cannot list \(directory): \(Errno(rawValue: errno))")
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        // SAFETY: an entry is valid until the next call, and its name ends with a zero.
        while let entry = unsafe readdir(stream) {
            names.append(
                unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                    unsafe CommandArguments.text(Array($0.prefix { $0 != 0 }))
                }
            )
        }
        return names.sorted()
    }

    /// Whether two open files are one: the same file, pipe or terminal.
    static func isSame(_ one: FileDescriptor, _ other: FileDescriptor) -> Bool {
        var (first, second) = (stat(), stat())
        // SAFETY: each call fills the structure it is given.
        guard unsafe fstat(one.rawValue, &first) == 0, unsafe fstat(other.rawValue, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// Whether an open file is a regular one.
    ///
    /// - Throws: `isDirectory` for a directory, or the system's error.
    private static func isRegular(_ file: FileDescriptor) throws(Errno) -> Bool {
        var information = stat()
        // SAFETY: the call fills the structure it is given.
        guard unsafe fstat(file.rawValue, &information) == 0 else { throw Errno(rawValue: errno) }
        guard information.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory }
        return information.st_mode & S_IFMT == S_IFREG
    }

    /// The whole content of a regular file that a user named, at most `limit` bytes.
    static func read(_ path: FilePath, what: String, limit: Int) throws(CommandFailure) -> [UInt8] {
        do {
            // Without this, opening a pipe would wait for its other end.
            let file = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
            return try file.closeAfter {
                guard try isRegular(file) else {
                    throw CommandFailure(.noInput, "\(what) \(path) is not a regular file")
                }
                var content: [UInt8] = []
                var block = [UInt8](repeating: 0, count: 1 << 20)
                while true {
                    // SAFETY: read fills at most the block's own bytes.
                    let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                    if count == 0 { return content }
                    guard content.count + count <= limit else { throw Errno.fileTooLarge }
                    content.append(contentsOf: block[..<count])
                }
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as Errno where error == .isDirectory {
            throw CommandFailure(.noInput, "\(what) \(path) is a directory: name the image file in it")
        } catch let error as Errno where error == .fileTooLarge {
            throw CommandFailure(.badData, "\(what) \(path) has more than \(limit >> 20) MiB")
        } catch {
            throw CommandFailure(.noInput, "cannot read \(what) \(path): \(error)")
        }
    }
}
