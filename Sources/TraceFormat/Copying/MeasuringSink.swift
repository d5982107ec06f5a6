import SystemPackage

/// Accepts bytes up to a limit and forgets them.
final class MeasuringSink: TraceSink {
    private let limit: UInt64

    init(limit: UInt64) { self.limit = limit }

    func write(_ bytes: RawSpan, at position: UInt64) throws(TraceError) {
        let size = position + UInt64(bytes.byteCount)
        guard size <= limit else { throw .overLimit(what: "size of the copy", value: size, limit: limit) }
    }

    func truncate(to size: UInt64) {}
    func synchronize() {}
    func synchronizeName() {}
    func replace(_ path: FilePath) {}
    func publish() {}
    func discard() {}
}
