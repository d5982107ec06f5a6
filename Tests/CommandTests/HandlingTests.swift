import ByteCoding
import EndToEnd
import Foundation
import Glibc
import Testing
import TraceFormat

/// Commands that make traces of traces, and options that bound them.
@Suite(.needsKVM) struct HandlingTests {
    @Test func packedTraceIsSmallerAndReplays() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=5")

        let packed = try Command.run("pack", "trace.rrvm", "-o", "packed.rrvm", in: directory)

        let (whole, copy) = (try directory.reader("trace.rrvm"), try directory.reader("packed.rrvm"))
        #expect(packed.status == 0, "\(packed.messages)")
        #expect(packed.messages.contains("in packed.rrvm"))
        #expect(copy.byteCount < whole.byteCount * 3 / 4)
        #expect(copy.eventCount == whole.eventCount)
        #expect(copy.keyframeCount < whole.keyframeCount / 2)
        #expect(try copy.keyframes.last?.digest == whole.keyframes.last?.digest)
        #expect(try Command.run("verify", "packed.rrvm", in: directory).status == 0)
    }

    @Test func keyframesThatAReplayNeedsAreKept() throws {
        let directory = try TemporaryDirectory()
        try directory.record("tick-nested", "--keyframes", "every=10ms")

        let packed = try Command.run("pack", "trace.rrvm", "-o", "packed.rrvm", "--keyframes", "none", in: directory)

        let (whole, copy) = (try directory.reader("trace.rrvm"), try directory.reader("packed.rrvm"))
        #expect(packed.status == 0, "\(packed.messages)")
        let needed = try whole.keyframes.filter { $0.position == .asynchronous }.map(\.event)
        #expect(!needed.isEmpty)
        #expect(try copy.keyframes.filter { $0.position == .asynchronous }.map(\.event) == needed)
        #expect(try Command.run("replay", "packed.rrvm", "--landing", "portable", in: directory).status == 0)
    }

    @Test func allKeyframesAreKeptIfAsked() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=5")

        let packed = try Command.run(
            "pack",
            "trace.rrvm",
            "-o",
            "packed.rrvm",
            "--keyframes",
            "events=1",
            in: directory
        )

        #expect(packed.status == 0, "\(packed.messages)")
        #expect(try directory.reader("packed.rrvm").keyframes.count == directory.reader("trace.rrvm").keyframes.count)
        #expect(try Command.run("diff", "trace.rrvm", "packed.rrvm", in: directory).status == 0)
    }

    @Test func packedStretchReplaysByItselfAndKeepsItsNumbers() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=5")

        let packed = try Command.run(
            "pack",
            "-o",
            "part.rrvm",
            "--from",
            "30",
            "--to",
            "60",
            "trace.rrvm",
            in: directory
        )

        let part = try directory.reader("part.rrvm")
        #expect(packed.status == 0, "\(packed.messages)")
        #expect((20...30).contains(part.header.firstEvent.rawValue))
        #expect(part.events.upperBound == EventOrdinal(62))
        #expect(part.outcome == .stopped(.cut))
        #expect(
            try part.event(at: EventOrdinal(40)).rip == directory.reader("trace.rrvm").event(at: EventOrdinal(40)).rip
        )
        let verified = try Command.run("verify", "part.rrvm", in: directory)
        #expect(verified.status == 0, "\(verified.messages)")
        #expect(verified.output.contains("divergences            0"))
    }

    @Test func budgetIsKeptAndTheEndIsThere() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=5")
        let whole = try directory.reader("trace.rrvm")

        let packed = try Command.run(
            "pack",
            "trace.rrvm",
            "-o",
            "end.rrvm",
            "--budget",
            "2K",
            "--keyframes",
            "events=1",
            in: directory
        )

        let end = try directory.reader("end.rrvm")
        #expect(packed.status == 0, "\(packed.messages)")
        #expect(end.byteCount <= 2048)
        #expect(end.header.firstEvent > EventOrdinal(0))
        #expect(end.events.upperBound == whole.events.upperBound && end.outcome == whole.outcome)
        #expect(try Command.run("replay", "end.rrvm", in: directory).status == 0)
        let impossible = try Command.run("pack", "trace.rrvm", "-o", "no.rrvm", "--budget", "100", in: directory)
        #expect(impossible.status == 65)
        #expect(try !directory.names.contains { $0.hasPrefix("no.rrvm") })
    }

    @Test func repairSaysWhatIsLostAndMakesAWholeTrace() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=20")
        let bytes = try directory.read("trace.rrvm")
        try directory.write(Array(bytes.prefix(bytes.count * 2 / 3)), to: "cut.rrvm")

        let repaired = try Command.run("repair", "cut.rrvm", "-o", "good.rrvm", in: directory)

        let good = try directory.reader("good.rrvm")
        #expect(repaired.status == 0, "\(repaired.messages)")
        #expect(repaired.messages.contains("lost: the end, and whatever came from event \(good.eventCount) on"))
        #expect(good.isComplete && good.outcome == nil)
        #expect(try Command.run("replay", "good.rrvm", in: directory).status == 0)
    }

    @Test func wholeTraceNeedsNoRepair() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let repaired = try Command.run("repair", "trace.rrvm", "-o", "good.rrvm", in: directory)

        #expect(repaired.messages.contains("nothing was lost"), "\(repaired.messages)")
        #expect(try Command.run("diff", "trace.rrvm", "good.rrvm", in: directory).status == 0)
    }

    @Test func differenceIsShownWhereItIs() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.change("changed.rrvm") { changes in
            changes.header = { $0.guest.name = "other" }
            changes.events = { events in events[4].rip += 0x100 }
            changes.page = { number, _, bytes in bytes[4095] ^= number == 0 ? 1 : 0 }
            changes.keyframe = { $0.digest.memory.low ^= 1 }
        }

        let result = try Command.run("diff", "trace.rrvm", "changed.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.output.contains("header: guest\n  < hello.bin\n  > other"), "\(result.output)")
        #expect(result.output.contains("first event that differs\n  < 4 "))
        #expect(result.output.contains("first keyframe that differs: at event 0"))
        #expect(result.output.contains("memory: 1 page differs, the first at "))
        #expect(result.output.contains("1 different, 0 only in the first, 0 only in the second"))
    }

    @Test func sizeLimitEndsARecording() throws {
        let directory = try TemporaryDirectory()

        let result = try directory.startRecording(EndlessGuest.storming, "--max-size", "20K").wait()

        let reader = try directory.reader("trace.rrvm")
        #expect(result.status == 0, "\(result.messages)")
        #expect(reader.outcome == .stopped(.sizeLimit))
        #expect(reader.byteCount >= 20 << 10)
        #expect(try Command.run("replay", "trace.rrvm", in: directory).status == 0)
    }

    @Test func ringKeepsTheEndOfTheRun() throws {
        let directory = try TemporaryDirectory()

        let result = try directory.startRecording(
            EndlessGuest.steady,
            "--ring",
            "200ms",
            "--keyframes",
            "every=20ms",
            "--max-time",
            "1.5"
        ).wait()

        let reader = try directory.reader("trace.rrvm")
        #expect(result.status == 0, "\(result.messages)")
        #expect(try directory.names == ["guest", "latest", "trace.rrvm"])
        #expect(reader.header.firstEvent > EventOrdinal(0))
        #expect(try reader.keyframeEntry(0).event == reader.header.firstEvent)
        #expect(try reader.keyframeEntry(0).position == .synchronous)
        let (first, last) = (
            try reader.event(at: reader.events.lowerBound),
            try reader.event(at: EventOrdinal(reader.events.upperBound.rawValue - 1))
        )
        #expect(last.time - first.time >= 200)
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    /// Whatever keeps a ring's second file from being made, the first has everything up to then.
    @Test func ringWhoseSecondFileCannotBeMadeLosesNothing() throws {
        let directory = try TemporaryDirectory()
        try directory.write([1, 2, 3], to: "trace.rrvm.next.part")

        let result = try directory.startRecording(
            EndlessGuest.steady,
            "--ring",
            "100ms",
            "--keyframes",
            "every=20ms",
            "--max-time",
            "20"
        ).wait()

        #expect(result.status == 74, "\(result)")
        #expect(result.messages.contains("trace.rrvm.next.part exists already"), "\(result.messages)")
        #expect(try directory.read("trace.rrvm.next.part") == [1, 2, 3])
        #expect(try directory.names == ["guest", "latest", "trace.rrvm", "trace.rrvm.next.part"])
        #expect(try Command.run("replay", "trace.rrvm", in: directory).status == 0)
    }

    @Test(arguments: [["--jobs", "3"], ["--jobs", "64"]])
    func jobsProveWhatOneReplayProves(options: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=20")

        let alone = try Command.run("verify", "trace.rrvm", in: directory)
        let together = try Command(["verify", "trace.rrvm"] + options, in: directory).wait()

        #expect(together.status == 0, "\(together.messages)")
        #expect(together.output.split(separator: "\n").dropFirst() == alone.output.split(separator: "\n").dropFirst())
    }

    @Test func shardsTogetherProveWhatOneReplayProves() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=20")
        let epochs = try directory.reader("trace.rrvm").keyframeCount

        let results = try (1...4).map { try Command.run("verify", "trace.rrvm", "--shard", "\($0)/4", in: directory) }

        #expect(results.allSatisfy { $0.status == 0 }, "\(results)")
        let counts = results.map { $0.output.number(after: ": ") }
        #expect(counts.reduce(0, +) == epochs)
    }

    @Test func faultIsFoundByTheShardThatHasItAndByNoOther() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=20")
        try directory.change("changed.rrvm") { changes in
            changes.events = { events in events[events.count - 3].rip += 0x100 }
        }

        let statuses = try (1...3).map {
            try Command.run("verify", "changed.rrvm", "--shard", "\($0)/3", in: directory).status
        }

        #expect(statuses == [0, 0, 1])
        #expect(try Command.run("verify", "changed.rrvm", "--jobs", "3", in: directory).status == 1)
    }
}

extension TemporaryDirectory {
    /// Opens a trace of the directory.
    func reader(_ name: String) throws -> TraceReader { try TraceReader(path: file(name)) }
}

extension String {
    /// The number that follows a text; 0 where there is none.
    fileprivate func number(after text: String) -> Int {
        guard let start = range(of: text)?.upperBound else { return 0 }
        return Int(self[start...].prefix { $0.isNumber }) ?? 0
    }
}
