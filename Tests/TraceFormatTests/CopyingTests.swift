import Foundation
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// Copies of a trace: whole, of a stretch, up to a fault, and as small as asked for.
@Suite struct CopyingTests {
    @Test func aStretchBeginsAtTheKeyframeBeforeItAndHoldsTheSameStates() throws {
        let directory = try TemporaryDirectory()
        let whole = try Self.large(in: directory)
        let first = try whole.keyframeEntry(5).event
        let asked = EventOrdinal(first.rawValue + 3)...EventOrdinal(first.rawValue + 45)
        let copy = try whole.copy(to: directory.file("b"), options: TraceCopyOptions(events: asked))
        let stretch = try TraceReader(path: directory.file("b"))
        try stretch.check()

        #expect(copy.firstEvent == first && stretch.header.firstEvent == first)
        #expect(stretch.events.upperBound.rawValue == asked.upperBound.rawValue + 2)
        #expect(stretch.outcome == .stopped(.cut))
        #expect(stretch.keyframeCount == 3)
        for number in 0..<3 {
            let (original, cut) = (try whole.keyframe(5 + number), try stretch.keyframe(number))
            #expect(cut.event == original.event && cut.digest == original.digest && cut.state == original.state)
            #expect(try pages(cut) == pages(original))
        }
        #expect(try stretch.keyframeEntry(0).position == .synchronous)
        #expect(try stretch.event(at: asked.lowerBound) == whole.event(at: asked.lowerBound))
        #expect(try stretch.event(at: asked.upperBound) == whole.event(at: asked.upperBound))
    }

    @Test func aTailKeepsTheEndOfTheRecording() throws {
        let directory = try TemporaryDirectory()
        let whole = try Self.large(in: directory)
        let last = EventOrdinal(whole.events.upperBound.rawValue - 1)
        try whole.copy(to: directory.file("b"), options: TraceCopyOptions(events: EventOrdinal(100)...last))
        let tail = try TraceReader(path: directory.file("b"))
        #expect(tail.outcome == whole.outcome)
        #expect(tail.events.upperBound == whole.events.upperBound)
    }

    @Test func aStretchBeyondTheTraceIsAnErrorAndLeavesNoFile() throws {
        let directory = try TemporaryDirectory()
        let whole = try Self.large(in: directory)
        let beyond = EventOrdinal(0)...whole.events.upperBound
        let error = TraceError.noSuchEvent(whole.events.upperBound, first: EventOrdinal(0), count: whole.eventCount)
        #expect(throws: error) {
            try whole.copy(to: directory.file("b"), options: TraceCopyOptions(events: beyond))
        }
        #expect(!FileManager.default.fileExists(atPath: directory.file("b.part").string))
    }

    @Test func packingTightlyMakesTheSameTraceSmaller() throws {
        let directory = try TemporaryDirectory()
        let whole = try Self.large(in: directory)
        let quick = try whole.copy(to: directory.file("b"))
        let tight = try whole.copy(to: directory.file("c"), options: TraceCopyOptions(packsTightly: true))
        #expect(tight.byteCount < quick.byteCount)
        #expect(TraceContents(directory.file("c")) == TraceContents(directory.file("a")))
    }

    @Test func theLongestTailThatFitsIsFound() throws {
        let directory = try TemporaryDirectory()
        let whole = try Self.large(in: directory)
        let last = EventOrdinal(whole.events.upperBound.rawValue - 1)
        let (fourth, fifth) = (try whole.keyframeEntry(4).event, try whole.keyframeEntry(5).event)
        let budget = try whole.copy(to: directory.file("five"), options: Self.tail(fifth, last)).byteCount
        #expect(try whole.copy(to: directory.file("four"), options: Self.tail(fourth, last)).byteCount > budget)
        #expect(try whole.longestTail(within: budget, to: last, options: Self.tight) == fifth)
        #expect(throws: TraceError.self) { try whole.longestTail(within: 100, to: last, options: Self.tight) }
    }

    @Test func aFaultEndsACopyThatMayEndThere() throws {
        let directory = try TemporaryDirectory()
        let whole = try Self.large(in: directory)
        let events = try whole.index.eventChunk(with: whole.keyframeEntry(6).event)
        let handle = try FileHandle(forUpdating: URL(filePath: directory.file("a").string))
        try handle.seek(toOffset: events.position + UInt64(ChunkHeader.byteCount) + 2)
        try handle.write(contentsOf: [0xAA, 0x55, 0xAA])
        let options = TraceCopyOptions(keepsUpToFault: true)
        let copy = try whole.scanned().copy(to: directory.file("b"), options: options)
        let kept = try TraceReader(path: directory.file("b"))
        try kept.check()

        #expect(copy.fault != nil)
        #expect(copy.nextEvent == events.firstEvent && kept.eventCount == events.firstEvent.rawValue)
        #expect(throws: TraceError.self) { try whole.copy(to: directory.file("c")) }
    }

    private static func large(in directory: borrowing TemporaryDirectory) throws -> TraceReader {
        try SampleTrace.writeLarge(to: directory.file("a"))
        return try TraceReader(path: directory.file("a"))
    }

    private static let tight = TraceCopyOptions(packsTightly: true)

    private static func tail(_ first: EventOrdinal, _ last: EventOrdinal) -> TraceCopyOptions {
        TraceCopyOptions(events: first...last, packsTightly: true)
    }

    private func pages(_ keyframe: Keyframe) throws -> [GuestPhysicalAddress: [UInt8]] {
        var pages: [GuestPhysicalAddress: [UInt8]] = [:]
        var memory = keyframe.memory
        for address in try memory.storedPages() { pages[address] = try memory.page(at: address) }
        return pages
    }
}
