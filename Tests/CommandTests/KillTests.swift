import EndToEnd
import Foundation
import Glibc
import Replayer
import SystemPackage
import Testing
import TraceFormat

/// What a recorder leaves that is killed at any moment.
@Suite(.needsKVM) struct KillTests {
    private static let rounds = SlowTests.areIncluded ? 200 : 6

    /// Milliseconds that may be lost: what waits for the writer's next flush, which is 50 ms away at most. The rest is for the
    /// machine: a writer's thread that is ready to run may wait for a processor, and the test for its own. How long that may
    /// be on a machine as busy as this, the test has seen by its own waiting.
    private static func lossLimit(_ clock: RecordingClock) -> Int { 50 + 1000 + 10 * clock.longestGap }

    @Test(.lastResort)
    func fileOpensReplaysAndLacksAFlushIntervalAtMost() throws {
        for _ in 0..<Self.rounds {
            let directory = try TemporaryDirectory()
            let part = directory.file("trace.rrvm.part")
            let delay = Int.random(in: 0...1500)
            var clock = RecordingClock()
            var growing: TraceReader?
            var recorder = try directory.startRecording(EndlessGuest.steady)
            recorder.waitUntil {
                growing = (try? growing?.refreshed()) ?? (try? TraceReader(path: part))
                clock.see(growing)
                return clock.milliseconds ?? -1 >= delay
            }

            let killed = try #require(clock.milliseconds)
            recorder.signal(SIGKILL)
            _ = try recorder.wait()

            let reader = try TraceReader(path: part)
            try reader.check()
            let last = try reader.event(at: EventOrdinal(reader.events.upperBound.rawValue - 1))
            #expect(killed - Int(last.time) <= Self.lossLimit(clock), "killed after \(delay) ms")
            let session = try Command.run("verify", part.string, in: directory)
            #expect(session.status == 0, "killed after \(delay) ms: \(session.messages)")
            #expect(session.output.contains("divergences            0"))
            #expect(session.output.contains("replay of \(grouped(reader.eventCount)) events"), "\(session.output)")
        }
    }

    /// A ring writes two files at once and puts the second in the place of the first: whichever moment it is, the trace is
    /// there, from a keyframe to the last flush, and the second file is a trace too.
    @Test(.lastResort)
    func ringLeavesFilesThatOpenAndReplay() throws {
        for _ in 0..<Self.rounds / 2 {
            let directory = try TemporaryDirectory()
            let delay = UInt32.random(in: 0...600_000)
            var recorder = try directory.startRecording(
                EndlessGuest.steady,
                "--ring",
                "60ms",
                "--keyframes",
                "every=15ms"
            )
            recorder.waitUntil { directory.eventCount > 0 }
            usleep(delay)

            recorder.signal(SIGKILL)
            _ = try recorder.wait()

            let names = try directory.names
            #expect(names.contains("trace.rrvm.part"))
            #expect(Set(names).isSubset(of: ["guest", "trace.rrvm.part", "trace.rrvm.next.part"]), "\(names)")
            let first = try TraceReader(path: directory.file("trace.rrvm.part"))
            #expect(try first.keyframeEntry(0).event == first.header.firstEvent)
            for name in names where name.hasSuffix(".part") {
                let reader = try? TraceReader(path: directory.file(name))
                try reader?.check()
                let isEmpty = reader?.keyframeCount ?? 0 == 0
                let result = try Command.run("verify", name, in: directory)
                // The second file may have been made a moment ago: it has no keyframe or no header then, which verify says.
                #expect(result.status == (isEmpty ? 65 : 0), "\(name) after \(delay) µs: \(result.messages)")
                #expect(!isEmpty || name == "trace.rrvm.next.part")
            }
        }
    }

    private func grouped(_ count: UInt64) -> String {
        var text = String(count)
        for place in stride(from: text.count - 3, to: 0, by: -3) {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
        }
        return text
    }
}

/// A recording's own time, told from outside: an event's time in the file cannot be later than the moment at which it is seen,
/// so the recording began at the latest so much before.
private struct RecordingClock {
    private var start: Int?
    private var lastLook: Int?
    /// The longest time between two looks, in milliseconds.
    private(set) var longestGap = 0

    /// Milliseconds since the recording began, at least; nil before an event was seen.
    var milliseconds: Int? { start.map { Self.now - $0 } }

    /// Looks at the last event that is there.
    mutating func see(_ reader: TraceReader?) {
        let now = Self.now
        longestGap = max(longestGap, now - (lastLook ?? now))
        lastLook = now
        guard let reader, reader.eventCount > 0,
            let last = try? reader.event(at: EventOrdinal(reader.events.upperBound.rawValue - 1))
        else { return }
        start = min(start ?? .max, Self.now - Int(last.time))
    }

    private static var now: Int {
        var time = timespec()
        // SAFETY: the structure lives through the call.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
