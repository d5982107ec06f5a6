import ByteCoding
import Glibc
import SystemPackage

/// An open trace: reads chunks and checks them. Every read is positioned, so that threads can share the file, and so
/// that a file that shrinks meanwhile causes an error instead of a signal.
final class TraceFile: Sendable {
    let path: FilePath
    /// The size in bytes when the file was opened.
    let size: UInt64
    let identity: UInt64
    /// The version of its format.
    let version: UInt32
    /// The page chunks that were read last.
    let pageChunks = PageChunkCache()
    private let descriptor: CInt

    /// Opens a file and checks that it is a trace of a version that can be read.
    convenience init(path: FilePath) throws(TraceError) {
        // O_NONBLOCK: opening a pipe must not wait for its other end. SAFETY: the string lives through the call, which
        // only reads it.
        let descriptor = unsafe path.withPlatformString { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw .io(operation: "open", path: path, errno: Errno(rawValue: errno)) }
        try self.init(adopting: descriptor, path: path)
    }

    /// Takes over an open descriptor and checks that it is of a trace of a version that can be read.
    init(adopting descriptor: CInt, path: FilePath) throws(TraceError) {
        self.path = path
        do throws(TraceError) {
            size = try Self.size(of: descriptor, path: path)
            let prefix = try Self.prefix(of: descriptor, path: path)
            (identity, version) = (prefix.identity, prefix.version)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// The same file as it is now.
    init(again other: TraceFile) throws(TraceError) {
        path = other.path
        identity = other.identity
        version = other.version
        descriptor = dup(other.descriptor)
        guard descriptor >= 0 else { throw .io(operation: "open", path: path, errno: Errno(rawValue: errno)) }
        size = try Self.size(of: descriptor, path: path)
    }

    deinit {
        close(descriptor)
    }

    /// Whether its writer is alive, which holds a lock as long as it lives. True if this cannot be told, as on a file
    /// system without locks.
    var isBeingWritten: Bool {
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return true }
        flock(descriptor, LOCK_UN)
        return false
    }

    /// Whether the file no longer has a name, because another one replaced it or it was removed.
    var isNameless: Bool {
        var status = stat()
        // SAFETY: the structure lives through the call.
        return unsafe fstat(descriptor, &status) == 0 && status.st_nlink == 0
    }

    /// Reads exactly `count` bytes; `what` is for the error.
    func read(_ count: Int, at position: UInt64, _ what: String) throws(TraceError) -> [UInt8] {
        try Self.read(count, at: position, from: descriptor, path: path, what)
    }

    /// Reads a chunk's header.
    func header(at position: UInt64, _ what: String = "chunk") throws(TraceError) -> ChunkHeader {
        guard position <= size, size - position >= UInt64(ChunkHeader.byteCount) else {
            // If no chunk begins with these bytes, they are not the beginning of one that was cut off.
            let rest = try read(min(ChunkHeader.magicByteCount, Int(size - min(position, size))), at: position, what)
            guard ChunkHeader.mayBegin(rest) else {
                throw .corrupt(path: path, chunk: what, offset: position, why: "no chunk begins here")
            }
            throw .truncated(path: path, what: what, offset: position)
        }
        let bytes = try read(ChunkHeader.byteCount, at: position, what)
        do throws(ChunkHeaderError) {
            return try ChunkHeader(bytes.rawSpan, position: position, identity: identity)
        } catch {
            throw .corrupt(path: path, chunk: what, offset: position, why: error.why)
        }
    }

    /// Reads a chunk's payload, checked and unpacked.
    func payload(of header: ChunkHeader) throws(TraceError) -> [UInt8] {
        let name = header.type.name
        guard size - header.position >= UInt64(header.totalSize) else {
            throw .truncated(path: path, what: name, offset: header.position)
        }
        let stored = try read(header.storedSize, at: header.position + UInt64(ChunkHeader.byteCount), name)
        guard Checksum.of(stored, seed: identity) == header.payloadChecksum else {
            throw corrupt(header, why: "its checksum does not match")
        }
        if header.codec == .stored { return stored }
        guard let raw = Compression.unpack(stored.rawSpan, header.codec, rawSize: header.rawSize) else {
            throw corrupt(header, why: "it cannot be unpacked")
        }
        return raw
    }

    /// Reads a chunk that must have this type.
    func chunk(
        _ type: ChunkType,
        at position: UInt64
    ) throws(TraceError) -> (header: ChunkHeader, payload: [UInt8]) {
        let header = try header(at: position, type.name)
        guard header.type == type else {
            throw .corrupt(
                path: path,
                chunk: type.name,
                offset: position,
                why: "a \(header.type.name) is in its place"
            )
        }
        return (header, try payload(of: header))
    }

    /// The error for a bad chunk.
    func corrupt(_ header: ChunkHeader, why: String) -> TraceError {
        .corrupt(path: path, chunk: header.type.name, offset: header.position, why: why)
    }

    /// Runs a decoder on a payload; its error says where the chunk is.
    func decode<Value>(
        _ header: ChunkHeader,
        _ body: () throws(ByteCodingError) -> Value
    ) throws(TraceError) -> Value {
        do throws(ByteCodingError) {
            return try body()
        } catch {
            throw corrupt(header, why: error.description)
        }
    }

    private static func read(
        _ count: Int,
        at position: UInt64,
        from descriptor: CInt,
        path: FilePath,
        _ what: String
    ) throws(TraceError) -> [UInt8] {
        var failure: CInt = 0
        // SAFETY: the buffer is valid for `count` bytes inside the closure, `done` is less than that, and only bytes that
        // were read are counted.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let target = unsafe buffer.baseAddress! + done
                let got = unsafe pread(descriptor, target, count - done, off_t(position) + off_t(done))
                if got < 0, errno == EINTR { continue }
                failure = got < 0 ? errno : 0
                guard got > 0 else { return }
                done += got
            }
        }
        guard failure == 0 else { throw .io(operation: "read", path: path, errno: Errno(rawValue: failure)) }
        guard bytes.count == count else { throw .truncated(path: path, what: what, offset: position) }
        return bytes
    }

    private static func size(of descriptor: CInt, path: FilePath) throws(TraceError) -> UInt64 {
        var status = stat()
        // SAFETY: the structure lives through the call.
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .io(operation: "examine", path: path, errno: Errno(rawValue: errno))
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw .io(operation: "read", path: path, errno: .isDirectory)
        }
        guard status.st_mode & S_IFMT != S_IFIFO, status.st_mode & S_IFMT != S_IFSOCK else {
            throw .pipe(path: path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        return UInt64(status.st_size)
    }

    private static func prefix(of descriptor: CInt, path: FilePath) throws(TraceError) -> FilePrefix {
        let magicSize = FilePrefix.magic.count
        do throws(TraceError) {
            let magic = try read(magicSize, at: 0, from: descriptor, path: path, "beginning")
            guard magic == FilePrefix.magic else { throw .notATrace(path: path) }
        } catch .truncated {
            throw .notATrace(path: path)
        }
        let bytes = try read(FilePrefix.byteCount, at: 0, from: descriptor, path: path, "beginning")
        guard let prefix = try? FilePrefix(decoding: bytes.rawSpan) else { throw .notATrace(path: path) }
        guard TraceHeader.readableVersions.contains(prefix.version) else {
            throw .otherVersion(path: path, found: prefix.version, supported: TraceHeader.readableVersions)
        }
        guard prefix.bytes == bytes else {
            throw .corrupt(path: path, chunk: "beginning", offset: 0, why: "its checksum does not match")
        }
        return prefix
    }
}
