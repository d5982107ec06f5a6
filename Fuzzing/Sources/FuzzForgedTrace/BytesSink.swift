import SystemPackage

@testable import TraceFormat

/// Keeps what is written.
final class BytesSink: TraceSink, @unchecked Sendable {
    private(set) var bytes: [UInt8] = []

    func write(_ span: RawSpan, at position: UInt64) { bytes.append(span) }
    func truncate(to size: UInt64) {}
    func synchronize() {}
    func synchronizeName() {}
    func replace(_ path: FilePath) {}
    func publish() {}
    func discard() {}
}
