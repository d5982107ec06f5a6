import ByteCoding
import Digest
import Glibc
import SystemPackage

@testable import TraceFormat

/// Takes the input for a trace file and reads all of it. The first byte says how: even, the rest is the file as it
/// stands; odd, the rest is a list of chunks, which get a good header and checksums that match, because no fuzzer gets
/// past a checksum by itself. A trap, an endless loop and a huge allocation are the findings; errors are not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTraceReader(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let file = ScratchFile.shared
    do {
        if first % 2 == 0 {
            try file.replace(with: Array(input.dropFirst()))
        } else {
            try file.replace(with: forged(Array(input.dropFirst())))
        }
        try readAll(TraceReader(path: file.path))
    } catch {
        // What is refused is refused.
    }
    return 0
}

/// Reads what there is, and goes on where one thing cannot be read.
func readAll(_ reader: TraceReader) throws {
    try? reader.check()
    _ = try? reader.symbols()
    var cursor = reader.events()
    while let event = try? cursor.next() { _ = event.json }
    _ = try? cursor.next()
    for number in 0..<min(reader.keyframeCount, 100) {
        guard var keyframe = try? reader.keyframe(number) else { continue }
        try? keyframe.memory.forEachPage { _, _ in }
    }
    _ = try? reader.refreshed()
}

/// A file of chunks: each a type, a count of two bytes, a size of two bytes, and a payload. A root index is followed by
/// a footer.
func forged(_ script: [UInt8]) throws -> [UInt8] {
    let sink = BytesSink()
    let header = TraceHeader.sample.encoded(symbolCount: 0)
    var output = try ChunkOutput(sink: sink, identity: 1, synchronizesEveryChunk: false)
    try output.write(.header, header, count: 1, firstEvent: EventOrdinal(0))
    var cursor = ByteCursor(script.rawSpan)
    var events: UInt64 = 0
    while cursor.remaining > 5 {
        let type = ChunkType(rawValue: try cursor.read(UInt8.self) % 10) ?? .events
        let count = Int(try cursor.read(UInt16.self))
        let size = min(Int(try cursor.read(UInt16.self)), cursor.remaining)
        let payload = try cursor.readBytes(count: size)
        let position = try output.write(type, payload, count: count, firstEvent: EventOrdinal(events))
        if type == .events { events += UInt64(count) }
        if type == .root { try output.writeFooter(rootPosition: position) }
    }
    return sink.bytes
}

/// Keeps what is written.
final class BytesSink: TraceSink, @unchecked Sendable {
    private(set) var bytes: [UInt8] = []

    func write(_ span: RawSpan, at position: UInt64) { bytes.append(span) }
    func truncate(to size: UInt64) {}
    func synchronize() {}
    func publish() {}
    func replace(_ path: FilePath) {}
    func discard() {}
}

/// A file without a name.
final class ScratchFile: Sendable {
    static let shared = ScratchFile()
    private let descriptor: CInt

    var path: FilePath { FilePath("/proc/self/fd/\(descriptor)") }

    private init() {
        let name = "/tmp/rr-vm-fuzz-\(getpid())"
        descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { fatalError("cannot create \(name)") }
        unlink(name)
    }

    func replace(with bytes: [UInt8]) throws {
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw Errno(rawValue: errno)
        }
    }
}

extension TraceHeader {
    /// Any header.
    static let sample = TraceHeader(
        creationTime: 0,
        recorder: "",
        host: Host(processorModel: "", kernelRelease: "", module: ""),
        guest: Guest(name: "", options: [], imageSize: 0, imageDigest: .zero),
        machine: Machine(board: "", memory: []),
        processor: Processor(profile: "", cpuid: [], initialXCR0: 0),
        landing: .jump
    )
}
