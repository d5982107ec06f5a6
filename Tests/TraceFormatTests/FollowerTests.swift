import Foundation
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

/// A reader that goes on where another file has taken its file's place.
@Suite(.lastResort) struct FollowerTests {
    private static let options = TraceWriter.Options(flushInterval: .milliseconds(1))

    @Test func aTraceGrowsAndEnds() throws {
        let directory = try TemporaryDirectory()
        var writer = try TraceWriter(path: directory.file("a"), header: .sample, options: Self.options)
        writer.append(.halt, time: 0)

        var follower = try TraceFollower(named: directory.file("a"))
        let first = follower.state
        try writer.finish(.halted, time: 0)
        try follower.refresh()

        #expect(first == .growing)
        #expect(follower.state == .ended)
        #expect(follower.reader.outcome == .halted)
    }

    @Test func aWriterThatIsGoneIsTold() throws {
        let directory = try TemporaryDirectory()
        do {
            var writer = try TraceWriter(path: directory.file("a"), header: .sample)
            writer.append(.halt, time: 0)
        }

        let follower = try TraceFollower(named: directory.file("a"))

        #expect(follower.state == .abandoned)
        #expect(follower.reader.eventCount == 1)
    }

    @Test func theFileThatReplacesOneIsFollowedFromItsOwnFirstEvent() throws {
        let directory = try TemporaryDirectory()
        let first = try TraceWriter(path: directory.file("a"), header: .sample)
        var follower = try TraceFollower(named: directory.file("a"))
        var header = TraceHeader.sample
        header.firstEvent = EventOrdinal(500)
        var second = try TraceWriter(path: directory.file("b"), header: header, options: Self.options)

        try second.replace(directory.file("a"))
        try follower.refresh()
        let state = follower.state
        let isReopened = try follower.reopen()

        #expect(state == .nameless)
        #expect(isReopened)
        #expect(follower.state == .growing)
        #expect(follower.reader.header.firstEvent == EventOrdinal(500))
        second.abandon()
        first.abandon()
    }

    /// The file that is replaced holds all of the run up to now. Who kills the recorder a moment later must not find less.
    @Test func aFileThatReplacesOneHoldsAllThatWasAppended() throws {
        let directory = try TemporaryDirectory()
        let first = try TraceWriter(path: directory.file("a"), header: .sample)
        var second = try TraceWriter(
            path: directory.file("b"),
            header: .sample,
            options: .init(flushInterval: .seconds(3600))
        )
        for _ in 0..<1000 { second.append(.halt, time: 0) }

        try second.replace(directory.file("a"))

        #expect(try TraceReader(path: directory.file("a.part")).eventCount == 1000)
        second.abandon()
        first.abandon()
    }

    @Test func aFileThatCouldNotBeWrittenReplacesNothing() throws {
        var writer = try TraceWriter(sink: MemorySink(capacity: 2000), header: .sample)
        var generator = SeededGenerator(seed: 24)
        for _ in 0..<1000 { writer.append(.random(using: &generator), time: 0) }

        do throws(TraceError) {
            try writer.replace("other")
            Issue.record("nothing was thrown")
        } catch {
            #expect(error == .io(operation: "write", path: "memory", errno: .noSpace))
        }
        writer.abandon()
    }

    @Test func aTraceOfAnotherRecordingIsNotTakenForTheRest() throws {
        let directory = try TemporaryDirectory()
        let first = try TraceWriter(path: directory.file("a"), header: .sample)
        var follower = try TraceFollower(named: directory.file("a"))
        first.abandon()
        try follower.refresh()
        let isReopenedWithoutAFile = try follower.reopen()
        var header = TraceHeader.sample
        header.creationTime += 1
        let second = try TraceWriter(path: directory.file("a"), header: header)

        let isReopened = try follower.reopen()

        #expect(follower.state == .nameless)
        #expect(!isReopenedWithoutAFile)
        #expect(!isReopened)
        second.abandon()
    }

    @Test func aTraceIsFoundByItsNameWhetherItIsFinishedOrNot() throws {
        let directory = try TemporaryDirectory()
        let writer = try TraceWriter(path: directory.file("a"), header: .sample)

        #expect(try TraceReader(named: directory.file("a")).path == directory.file("a.part"))
        try writer.finish(.halted, time: 0)
        #expect(try TraceReader(named: directory.file("a")).path == directory.file("a"))
        let missing = TraceError.io(operation: "open", path: directory.file("b"), errno: .noSuchFileOrDirectory)
        #expect(throws: missing) { _ = try TraceReader(named: directory.file("b")) }
    }
}
