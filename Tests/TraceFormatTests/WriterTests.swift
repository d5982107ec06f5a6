import Foundation
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

@Suite struct WriterTests {
    @Test func aFullRingMakesTheRecorderWaitAndLosesNothing() throws {
        let directory = try TemporaryDirectory()
        let sink = MemorySink(delay: 20_000)
        var writer = try TraceWriter(sink: sink, header: .sample)
        let count = 3 * EventRing.recordCapacity
        for index in 0..<count {
            let access = PortAccess(port: Port(0x71), size: .doubleword, value: UInt32(index))
            writer.append(.portRead(access), rip: 1, time: 0)
        }
        let summary = try writer.finish(.halted, time: 0)
        #expect(summary.eventCount == UInt64(count) + 1)
        try sink.save(to: directory.file("a"))
        var cursor = try TraceReader(path: directory.file("a")).events()
        for index in 0..<count {
            let access = PortAccess(port: Port(0x71), size: .doubleword, value: UInt32(index))
            guard try cursor.next()?.event == .portRead(access) else { throw Missing(event: index) }
        }
        #expect(try cursor.next()?.event == .end(.halted))
    }

    @Test func longDeviceReadsBecomeSeveralEventsWithTheSameBytes() throws {
        let directory = try TemporaryDirectory()
        let bytes = (0..<Limits.deviceWriteBytes + 5).map { UInt8(truncatingIfNeeded: $0 % 251) }
        let read = DeviceRead(
            port: Port(0x502),
            address: GuestPhysicalAddress(0x1000),
            content: .data(bytes),
            isConsole: true
        )
        var writer = try TraceWriter(path: directory.file("a"), header: .sample)
        let last = writer.append(.deviceRead(read), time: 0)
        try writer.finish(.guestFault("why"), time: 0)

        let reader = try TraceReader(path: directory.file("a"))
        let second = try reader.event(at: EventOrdinal(1))
        let console = try reader.event(at: EventOrdinal(0)).event.consoleBytes + second.event.consoleBytes

        #expect(last == EventOrdinal(1))
        #expect(console == bytes)
        #expect(second.json.contains("\"address\":\"0x11000\""))
        #expect(reader.outcome == .guestFault("why"))
    }

    @Test func fullByteRingsAndLongDeviceWritesLoseNothing() throws {
        let directory = try TemporaryDirectory()
        let sink = MemorySink(delay: 5000)
        var writer = try TraceWriter(sink: sink, header: .sample)
        let length = 3 * Limits.deviceWriteBytes + 17
        let rounds = 2 * EventRing.byteCapacity / length
        for round in 0..<rounds {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: length)
            let last = writer.append(.deviceWrite(address: GuestPhysicalAddress(0x1000), bytes: bytes), time: 0)
            #expect(last == EventOrdinal(UInt64(4 * round + 3)))
        }
        try writer.finish(.halted, time: 0)
        try sink.save(to: directory.file("a"))
        let contents = TraceContents(directory.file("a"))
        #expect(contents.failure == nil && contents.events.count == 4 * rounds + 1)
        for (index, event) in contents.events.dropLast().enumerated() {
            let part = index % 4
            let size = part == 3 ? 17 : Limits.deviceWriteBytes
            let address = GuestPhysicalAddress(0x1000 + UInt64(part * Limits.deviceWriteBytes))
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: index / 4), count: size)
            #expect(event.event == .deviceWrite(address: address, bytes: bytes))
        }
    }

    @Test(.lastResort, arguments: [Errno.noSpace, .ioError, .brokenPipe])
    func aFailedWriteIsSeenAndLeavesAReadableTrace(error: Errno) throws {
        let directory = try TemporaryDirectory()
        let sink = MemorySink(capacity: 20_000, error: error)
        var writer = try TraceWriter(sink: sink, header: .sample, options: .init(flushInterval: .milliseconds(1)))
        var generator = SeededGenerator(seed: 7)
        var appended: [Event] = []
        let headerSize = writer.byteCount
        writer.append(.halt, rip: 1, time: 0)
        appended.append(.halt)
        while writer.byteCount == headerSize {}
        while writer.failure == nil {
            appended.append(.random(using: &generator))
            writer.append(appended[appended.count - 1], time: 0)
        }
        let expected = TraceError.io(operation: "write", path: "memory", errno: error)
        #expect(writer.failure == expected)
        // The recorder does not hang on a writer that has given up.
        for _ in 0..<2 * EventRing.recordCapacity { writer.append(.halt, time: 0) }
        #expect(Self.failure(finishing: writer) == expected)
        #expect(!sink.isPublished && !sink.isDiscarded)

        try sink.save(to: directory.file("a"))
        let contents = TraceContents(directory.file("a"))
        #expect(contents.failure == nil && !contents.isComplete && !contents.events.isEmpty)
        #expect(contents.events.map(\.event) == Array(appended.prefix(contents.events.count)))
    }

    @Test func aTraceThatWasNotFinishedIsLeftReadable() throws {
        let directory = try TemporaryDirectory()
        do {
            var writer = try TraceWriter(path: directory.file("a"), header: .sample)
            writer.append(.halt, rip: 5, time: 1)
        }
        #expect(try directory.names == ["a.part"])
        let reader = try TraceReader(path: directory.file("a.part"))
        #expect(!reader.isComplete && reader.eventCount == 1)
        #expect(reader.missing == "the trace has no end: it was read up to event 1")
    }

    @Test func anAbandonedTraceIsRemoved() throws {
        let directory = try TemporaryDirectory()
        var writer = try TraceWriter(path: directory.file("a"), header: .sample)
        writer.append(.halt, rip: 5, time: 1)
        writer.abandon()
        #expect(try directory.names == [])
    }

    @Test func nothingThatExistsIsOverwritten() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a")
        try Data("mine".utf8).write(to: URL(filePath: path.string))
        #expect(throws: TraceError.exists(path: path)) { _ = try TraceWriter(path: path, header: .sample) }
        let other = directory.file("b")
        try Data("mine".utf8).write(to: URL(filePath: other.string + ".part"))
        #expect(throws: TraceError.exists(path: FilePath(other.string + ".part"))) {
            _ = try TraceWriter(path: other, header: .sample)
        }
        // A file that comes up while the trace is written.
        let late = directory.file("c")
        let writer = try TraceWriter(path: late, header: .sample)
        try Data("mine".utf8).write(to: URL(filePath: late.string))
        #expect(Self.failure(finishing: writer) == .exists(path: late))
        #expect(try Data(contentsOf: URL(filePath: late.string)) == Data("mine".utf8))
        #expect(try TraceReader(path: directory.file("c.part")).outcome == .halted)
    }

    @Test(arguments: ["/nonexistent/a.rrvm", "/proc/a.rrvm", "/dev/null/a.rrvm"])
    func aPlaceThatCannotBeWrittenToIsAnErrorThatNamesIt(path: String) {
        let error = #expect(throws: TraceError.self) { _ = try TraceWriter(path: FilePath(path), header: .sample) }
        #expect(error?.description.hasPrefix("cannot create \(path).part: ") == true)
    }

    @Test func everyPolicyButNoneSynchronises() throws {
        let counts = try SyncPolicy.allCases.map { policy in
            let sink = MemorySink()
            var writer = try TraceWriter(sink: sink, header: .sample, options: .init(sync: policy))
            writer.append(.halt, rip: 5, time: 1)
            try writer.finish(.halted, time: 2)
            return sink.synchronisations
        }
        #expect(counts[0] == 0)
        #expect(counts[1] == 1)
        #expect(counts[2] > 5)
    }

    @Test func aHeaderThatNoReaderWouldTakeIsRefused() throws {
        var overlapping = TraceHeader.sample
        overlapping.machine.memory[1].address = GuestPhysicalAddress(0x9F000)
        let why = "memory region has the invalid value 651264"
        #expect(throws: TraceError.invalidHeader(why: why)) {
            _ = try TraceWriter(sink: MemorySink(), header: overlapping)
        }
        var long = TraceHeader.sample
        long.recorder = String(repeating: "x", count: 5000)
        #expect(throws: TraceError.self) { _ = try TraceWriter(sink: MemorySink(), header: long) }
    }

    /// What finishing throws.
    private static func failure(finishing writer: consuming TraceWriter) -> TraceError? {
        do throws(TraceError) {
            try writer.finish(.halted, time: 0)
            return nil
        } catch {
            return error
        }
    }
}

/// An event is not where it should be.
struct Missing: Error {
    var event: Int
}
