import EndToEnd
import Foundation
import Glibc
import SystemPackage
import Testing
import TraceFormat

/// `rr-vm events --follow`, which ends by itself in every case.
@Suite(.needsKVM, .lastResort) struct FollowTests {
    @Test func traceIsListedToItsEndWhileItIsWritten() throws {
        let directory = try TemporaryDirectory()
        var recorder = try directory.startRecording(EndlessGuest.steady, "--max-time", "1")
        recorder.waitUntil { directory.eventCount > 0 }

        let listed = try Command(["events", "trace.rrvm", "--follow"], in: directory).wait()
        let recorded = try recorder.wait()

        #expect(recorded.status == 0 && listed.status == 0, "\(recorded.messages) \(listed.messages)")
        #expect(listed.messages.isEmpty, "\(listed.messages)")
        #expect(try listed.output == Command.run("events", "trace.rrvm", in: directory).output)
        #expect(listed.output.contains("end"))
    }

    @Test func killedRecorderEndsTheListAndIsTold() throws {
        let directory = try TemporaryDirectory()
        var recorder = try directory.startRecording(EndlessGuest.steady)
        recorder.waitUntil { directory.eventCount > 0 }
        var follower = try Command(["events", "trace.rrvm", "--follow"], in: directory)
        let before = directory.eventCount
        follower.waitUntil { directory.eventCount > before + 100 }

        recorder.signal(SIGKILL)
        _ = try recorder.wait()
        let listed = try follower.wait()

        #expect(listed.status == 0, "\(listed.messages)")
        #expect(listed.messageLines.count == 1)
        #expect(listed.messages.contains("trace.rrvm.part: the trace has no end"), "\(listed.messages)")
        #expect(listed.messages.contains("its recorder is gone"))
        #expect(listed.output.split(separator: "\n").count == Int(directory.eventCount))
    }

    /// The recorder puts its second file in the place of the first again and again; the list goes on in the new one. The ring
    /// is so long that a lister which waits for a processor does not fall out of it.
    @Test func ringIsListedWithoutAGapOverAllItsFiles() throws {
        let directory = try TemporaryDirectory()
        var recorder = try directory.startRecording(
            EndlessGuest.steady,
            "--ring",
            "2s",
            "--keyframes",
            "every=100ms",
            "--max-time",
            "5"
        )
        recorder.waitUntil { directory.eventCount > 0 }

        let listed = try Command(["events", "trace.rrvm", "--follow"], in: directory).wait()
        let recorded = try recorder.wait()

        let reader = try TraceReader(path: directory.file("trace.rrvm"))
        #expect(recorded.status == 0 && listed.status == 0, "\(recorded.messages) \(listed.messages)")
        #expect(listed.messages.isEmpty, "\(listed.messages)")
        #expect(reader.header.firstEvent > EventOrdinal(0), "the ring never turned")
        let ordinals = listed.output.split(separator: "\n").compactMap { UInt64($0.prefix { $0.isNumber }) }
        #expect(ordinals == Array(0..<reader.events.upperBound.rawValue))
    }

    @Test func removedTraceEndsTheListAndIsTold() throws {
        let directory = try TemporaryDirectory()
        var recorder = try directory.startRecording(EndlessGuest.steady)
        recorder.waitUntil { directory.eventCount > 0 }
        var follower = try Command(["events", "trace.rrvm", "--follow"], in: directory)
        // It has the file open once it lists from it.
        try follower.waitUntil(shows: "\n")

        try FileManager.default.removeItem(atPath: directory.file("trace.rrvm.part").string)
        let listed = try follower.wait()
        recorder.signal(SIGKILL)
        _ = try recorder.wait()

        #expect(listed.status == 0)
        #expect(listed.messages.contains("the trace was removed"), "\(listed.messages)")
    }

    @Test func unfinishedTraceIsFoundByItsNameByEveryCommandThatReads() throws {
        let directory = try TemporaryDirectory()
        var recorder = try directory.startRecording(EndlessGuest.steady)
        recorder.waitUntil { directory.eventCount > 100 }
        recorder.signal(SIGKILL)
        _ = try recorder.wait()

        for command in ["info", "events", "verify", "replay", "check"] {
            let result = try Command.run(command, "trace.rrvm", in: directory)
            #expect(result.status == 0, "\(command): \(result.messages)")
            #expect(result.messages.contains("trace.rrvm.part: the trace has no end"), "\(command): \(result.messages)")
        }
    }
}

extension TemporaryDirectory {
    /// Events that are in trace.rrvm, finished or not.
    var eventCount: UInt64 { (try? TraceReader(named: file("trace.rrvm")).eventCount) ?? 0 }
}
