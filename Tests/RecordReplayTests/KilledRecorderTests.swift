import EndToEnd
import Foundation
import GuestImages
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat

/// What is left of a recording whose recorder was killed.
@Suite(.needsKVM) struct KilledRecorderTests {
    @Test(arguments: TestGuest.included)
    func traceIsGoodUpToItsLastWholeChunk(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        for _ in 0..<recording.kills {
            let directory = try TemporaryDirectory()
            let moment = UInt64.random(in: 1...recording.reader.eventCount)
            // Keyframes at events: in those of time, a busy host would make many of a slow guest.
            let interval = max(recording.reader.eventCount / 8, 1)
            let reader = try Self.killRecorder(of: guest, after: moment, keyframeInterval: interval, in: directory)
            let report = try Replay(reader, landing: .portable).result.get()
            #expect(report.events == reader.eventCount)
            #expect(report.outcome == reader.outcome)
            // The guest may have ended before the recorder was killed, and a racy one otherwise than in the other recording.
            #expect(reader.missing?.hasPrefix("the trace has no end") ?? (reader.outcome != nil))
        }
    }

    @Test func guestInItsMidstLeavesATraceWithoutEnd() throws {
        let guest = TestGuest(.named("port-storm"))
        let directory = try TemporaryDirectory()

        let reader = try Self.killRecorder(of: guest, after: 2000, in: directory)

        #expect(try directory.names == ["port-storm.bin", "trace.rrvm.part"])
        #expect(reader.eventCount >= 2000)
        #expect(reader.outcome == nil)
        #expect(reader.missing?.hasPrefix("the trace has no end") == true)
        let report = try Replay(reader, landing: .portable).result.get()
        #expect(report.events == reader.eventCount)
        #expect(report.outcome == nil)
    }

    /// Kills a recorder once so many events have reached the file, and opens what it left.
    private static func killRecorder(
        of guest: TestGuest,
        after events: UInt64,
        keyframeInterval: UInt64 = 4096,
        in directory: borrowing TemporaryDirectory
    ) throws -> TraceReader {
        let (trace, part) = (directory.file("trace.rrvm"), directory.file("trace.rrvm.part"))
        for file in guest.files { try directory.write(file.bytes, to: file.name) }
        let options = ["record", "--engine", "kvm", "-o", "trace.rrvm", "--keyframes", "events=\(keyframeInterval)"]
        var recorder = try Command(options + guest.arguments, in: directory)
        var growing: TraceReader?
        recorder.waitUntil {
            growing = (try? growing?.refreshed()) ?? (try? TraceReader(path: part))
            return growing?.eventCount ?? 0 >= events
        }
        recorder.signal(SIGKILL)
        _ = try recorder.wait()
        return try TraceReader(path: FileManager.default.fileExists(atPath: trace.string) ? trace : part)
    }
}

extension Recording {
    /// How often its recorder is killed. That of a guest which ends before any of it reaches the file is killed behind its end,
    /// however often.
    fileprivate var kills: Int { SlowTests.areIncluded && summary.seconds >= 0.1 ? 3 : 1 }
}
