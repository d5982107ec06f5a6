import ByteCoding
import Glibc
import SystemPackage
import TraceFormat

/// Writes a long trace, or opens one and goes to places in it, and prints what that took, a number a line:
/// `trace-at-scale write FILE EVENTS`, `trace-at-scale read FILE SEEKS`.
///
/// Each is a process of its own, so that the memory it prints is its own.
@main
enum TraceAtScale {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = UInt64(arguments[3]), count > 0 else { usage() }
        do {
            switch arguments[1] {
            case "write": try write(FilePath(arguments[2]), events: count)
            case "read": try read(FilePath(arguments[2]), seeks: count)
            default: usage()
            }
        } catch {
            fail(EX_SOFTWARE, "\(error)")
        }
    }

    /// Writes events as fast as the writer takes them, and a keyframe now and then.
    private static func write(_ path: FilePath, events: UInt64) throws {
        let start = Clock.seconds()
        var writer = try TraceWriter(path: path, header: .synthetic)
        for ordinal in 0..<events {
            if let keyframe = SyntheticRun.keyframe(at: ordinal) {
                for (address, bytes) in keyframe.pages { writer.addPage(address, bytes.rawSpan) }
                writer.appendKeyframe(.synchronous, state: keyframe.state, digest: keyframe.digest, time: 0)
            } else {
                let (event, rip) = SyntheticRun.event(at: ordinal)
                writer.append(event, rip: rip, time: SyntheticRun.time(at: ordinal))
            }
        }
        let summary = try writer.finish(.halted, time: SyntheticRun.time(at: events))
        print("write-seconds \(Clock.seconds() - start)")
        print("events \(summary.eventCount)")
        print("bytes \(summary.byteCount)")
        print("write-memory-mib \(Memory.peakMiB())")
    }

    /// Opens the trace with nothing of it in the page cache, goes to places all over it, then reads it from end to end. Every
    /// event is compared with what was written.
    private static func read(_ path: FilePath, seeks: UInt64) throws {
        try PageCache.drop(path)
        var start = Clock.seconds()
        let reader = try TraceReader(path: path)
        print("open-ms \((Clock.seconds() - start) * 1000)")

        var times: [Double] = []
        var generator = SplitMix64(seed: 7)
        for _ in 0..<seeks {
            let ordinal = EventOrdinal(generator.next() % (reader.eventCount - 1))
            start = Clock.seconds()
            let event = try reader.event(at: ordinal)
            times.append((Clock.seconds() - start) * 1000)
            check(event)
        }
        times.sort()
        print("seek-median-ms \(times[times.count / 2])")
        print("seek-greatest-ms \(times[times.count - 1])")

        start = Clock.seconds()
        var cursor = reader.events()
        while let event = try cursor.next(), event.event.kind != .end { check(event) }
        print("read-all-seconds \(Clock.seconds() - start)")
        print("read-memory-mib \(Memory.peakMiB())")
    }

    private static func check(_ recorded: RecordedEvent) {
        let ordinal = recorded.ordinal.rawValue
        if recorded.event.kind == .keyframe, ordinal % SyntheticRun.keyframeInterval == 0 { return }
        let (event, rip) = SyntheticRun.event(at: ordinal)
        guard recorded.event == event, recorded.rip == rip else {
            fail(EX_DATAERR, "event \(ordinal) is not what was written: \(recorded)")
        }
    }

    private static func usage() -> Never {
        fail(EX_USAGE, "usage: trace-at-scale write FILE EVENTS, or read FILE SEEKS; both numbers above 0")
    }

    private static func fail(_ status: Int32, _ message: String) -> Never {
        _ = try? FileDescriptor.standardError.writeAll("trace-at-scale: \(message)\n".utf8)
        exit(status)
    }
}
