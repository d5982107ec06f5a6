import Foundation
import Synchronization
import SystemPackage

@testable import TraceFormat

/// Keeps a trace in memory, and fails or dawdles on demand.
final class MemorySink: TraceSink {
    private struct Contents {
        var bytes: [UInt8] = []
        var isPublished = false
        var isDiscarded = false
        var synchronisations = 0
        var nameSynchronisations = 0
    }

    private let contents = Mutex(Contents())
    private let capacity: Int
    private let delay: UInt32
    private let error: Errno

    /// - Parameters:
    ///   - capacity: Bytes after which writing fails with `error`; what fits is written, as on a full disk.
    ///   - delay: Microseconds that every write takes.
    init(capacity: Int = .max, error: Errno = .noSpace, delay: UInt32 = 0) {
        self.capacity = capacity
        self.error = error
        self.delay = delay
    }

    var bytes: [UInt8] { contents.withLock { $0.bytes } }
    var isPublished: Bool { contents.withLock { $0.isPublished } }
    var isDiscarded: Bool { contents.withLock { $0.isDiscarded } }
    var synchronisations: Int { contents.withLock { $0.synchronisations } }
    var nameSynchronisations: Int { contents.withLock { $0.nameSynchronisations } }

    func write(_ bytes: RawSpan, at position: UInt64) throws(TraceError) {
        usleep(delay)
        var copy: [UInt8] = []
        copy.append(bytes)
        let fits = contents.withLock { contents in
            contents.bytes.removeLast(contents.bytes.count - Int(position))
            contents.bytes += copy.prefix(max(capacity - Int(position), 0))
            return contents.bytes.count == Int(position) + copy.count
        }
        guard fits else { throw .io(operation: "write", path: "memory", errno: error) }
    }

    func truncate(to size: UInt64) throws(TraceError) {
        contents.withLock { $0.bytes.removeLast($0.bytes.count - Int(size)) }
    }

    func synchronize() throws(TraceError) { contents.withLock { $0.synchronisations += 1 } }
    func synchronizeName() throws(TraceError) { contents.withLock { $0.nameSynchronisations += 1 } }
    func replace(_ path: FilePath) throws(TraceError) {}
    func publish() throws(TraceError) { contents.withLock { $0.isPublished = true } }
    func discard() { contents.withLock { $0.isDiscarded = true } }

    /// Writes what there is to a file.
    func save(to path: FilePath) throws {
        try Data(bytes).write(to: URL(filePath: path.string))
    }
}
