import EndToEnd
import Foundation
import Testing
import TraceFormat
import X86

/// What `rr-vm bisect`, `last-write`, `watch` and `verify --epochs` find and say.
@Suite(.needsKVM) struct SearchTests {
    @Test func equalRecordingsAreEqual() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.run("bisect", "trace.rrvm", "trace.rrvm", in: directory)

        #expect(result.status == 0)
        #expect(result.output == "the runs are equal: 46 events\n")
    }

    @Test func recordingsThatDifferAreComparedUpToTheFirstDifference() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.change("other.rrvm") { changes in
            changes.events = { $0[5].flipInput() }
        }

        let result = try Command.run("bisect", "trace.rrvm", "other.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.output.contains("the runs differ at moment 5"), "\(result.output)")
        #expect(result.output.contains("  A  5 "))
        #expect(result.output.contains("  B  5 "))
        #expect(result.output.contains("the events before, in B"))
    }

    @Test func inputsThatMayDifferAreLookedPast() throws {
        let directory = try TemporaryDirectory()
        try directory.record("rtc-read")
        try directory.change("other.rrvm") { changes in
            changes.events = { events in
                let place = events.lastIndex { $0.event.port?.rawValue == 0x71 } ?? 0
                events[place].flipInput()
            }
        }

        #expect(try Command.run("bisect", "trace.rrvm", "other.rrvm", in: directory).status == 1)
        #expect(try Command.run("bisect", "trace.rrvm", "other.rrvm", "--ignore", "rtc", in: directory).status == 0)
        #expect(try Command.run("bisect", "trace.rrvm", "other.rrvm", "--ignore", "tea", in: directory).status == 64)
    }

    @Test func otherOptionsAreNamedFirst() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.change("other.rrvm") { changes in
            changes.header = { $0.guest.options.append("--cpu host") }
        }

        let result = try Command.run("bisect", "trace.rrvm", "other.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.output.hasPrefix("the recordings begin differently: options: "), "\(result.output)")
    }

    @Test func oneRecordingIsComparedWithAReplay() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.change("other.rrvm") { changes in
            changes.events = { $0[5].flipInput(by: 0x20) }
        }

        let equal = try Command.run("bisect", "trace.rrvm", in: directory)
        let different = try Command.run("bisect", "other.rrvm", in: directory)

        #expect(equal.status == 0)
        #expect(equal.output == "the replay is equal: 46 events\n")
        #expect(different.status == 1)
        #expect(different.output.hasPrefix("the runs differ at moment 6\n  A  6 "), "\(different.output)")
        #expect(different.output.contains("  B  read of 1 bytes from port 0x3fd"), "\(different.output)")
        #expect(different.output.contains("the events before, in A"))
    }

    @Test func conditionsAreFoundOrNot() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let found = try Command.run("bisect", "trace.rrvm", "--when", "rip > 0x7c00", in: directory)
        let start = try Command.run("bisect", "trace.rrvm", "--when", "cs == 0", in: directory)
        let absent = try Command.run("bisect", "trace.rrvm", "--when", "0", in: directory)
        let never = try Command.run("bisect", "trace.rrvm", "--when", "0", "--first", in: directory)

        #expect(found.status == 0)
        #expect(
            found.output.hasPrefix("'rip > 0x7c00' becomes true at moment 0+1, after 0\n  0x7c00  "),
            "\(found.output)"
        )
        #expect(start.output == "'cs == 0' holds from the start, at moment 0\n")
        #expect(absent.status == 1)
        #expect(absent.output == "'0' does not hold at the end of the trace\n")
        #expect(never.status == 1)
    }

    @Test func commandsAreAskedAboutFewMomentsAndGetTheState() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        let command = """
            echo $RR_VM_MOMENT $RR_VM_RIP >> asked; test -s $RR_VM_DIRECTORY/registers -a -s $RR_VM_DIRECTORY/memory || exit 200
            test $RR_VM_EVENT -lt 20
            """

        let result = try Command.run("bisect", "trace.rrvm", "--run", command, in: directory)
        let first = try Command.run(
            "bisect",
            "trace.rrvm",
            "--first",
            "--run",
            "test $RR_VM_EVENT -lt 3",
            in: directory
        )
        let broken = try Command.run("bisect", "trace.rrvm", "--run", "exit 200", in: directory)

        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("begins to fail at moment 20, after 19+"), "\(result.output)")
        #expect(try String(decoding: directory.read("asked"), as: UTF8.self).split(separator: "\n").count < 20)
        #expect(first.output.contains("begins to fail at moment 3, after 2+"), "\(first.output)")
        #expect(broken.status == 69)
        #expect(broken.messages.contains("ended with status 200"))
    }

    @Test(
        arguments: [
            ["--first"], ["--when", "1", "--run", "true"], ["--ignore", "time"], ["--when", "1 +"],
            ["trace.rrvm", "--when", "1"],
        ]
    )
    func bisectThatCanNotBeIsAUsageError(options: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command(["bisect", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 64, "\(result)")
    }

    @Test func writesAreListedAndTheLastOneIsFound() throws {
        let directory = try TemporaryDirectory()
        try directory.record("racy")
        let stack = ["trace.rrvm", "0x7bfe", "--len", "2"]

        let all = try Command(["watch"] + stack, in: directory).wait()
        let last = try Command(["last-write"] + stack, in: directory).wait()
        let early = try Command(["last-write"] + stack + ["--before", "10"], in: directory).wait()

        #expect(all.status == 0)
        #expect(all.output.contains("  delivery of event "), "\(all.output)")
        #expect(all.output.hasSuffix(last.output))
        #expect(last.output.split(separator: "\n").count == 2, "\(last.output)")
        #expect(early.output == "nothing changed it: it is still as it was when the machine started\n")
        #expect(early.status == 0)
    }

    @Test(arguments: [["0xfffffff0"], ["0xfffffff0", "--phys"], ["0xffffff", "--len", "2"]])
    func memoryThatTheGuestLacksIsNamed(place: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("racy")

        let result = try Command(["watch", "trace.rrvm"] + place, in: directory).wait()

        #expect(result.status == 64, "\(result)")
        #expect(result.messages.contains("the guest has no memory for"), "\(result)")
    }

    @Test func aStretchOfARunSaysThatItIsOne() throws {
        let directory = try TemporaryDirectory()
        try directory.record("port-storm", "--max-events", "2000", "--keyframes", "events=500")
        try directory.change("late.rrvm") { changes in changes.header = { $0.firstEvent = EventOrdinal(7) } }

        let result = try Command.run("last-write", "late.rrvm", "0x9000", in: directory)

        #expect(
            result.output == "nothing changed it: it is still as it was when the trace began, at event 7\n",
            "\(result)"
        )
    }

    @Test(
        arguments: [
            ["0x7c00", "--len", "0"], ["1 +"], ["0xfffffff0", "--phys"], ["0", "--before", "nonsense"], ["1 / 0"],
        ]
    )
    func lastWriteThatCanNotBeIsAUsageError(options: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command(["last-write", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 64, "\(result)")
    }

    @Test func verifyReportsEveryEpoch() throws {
        let directory = try TemporaryDirectory()
        try directory.record("racy")
        let keyframes = try TraceReader(path: directory.file("trace.rrvm")).keyframes

        let text = try Command.run("verify", "trace.rrvm", "--epochs", "--landing", "portable", in: directory)
        let json = try Command.run("verify", "trace.rrvm", "--json", in: directory)

        let objects = try json.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(text.status == 0)
        #expect(text.output.contains("epoch  from  to  "), "\(text.output)")
        #expect(
            text.output.components(separatedBy: "  jumped  ").count - 1
                == keyframes.count { $0.position == .asynchronous }
        )
        #expect(objects.count == keyframes.count)
        #expect(objects.dropLast().map { $0["epoch"] as? Int } == Array(0..<keyframes.count - 1))
        #expect(objects.dropLast().map { $0["to"] as? Int } == keyframes.dropFirst().map { Int($0.event.rawValue) })
        #expect(objects.last?["events"] as? Int == 39)
    }
}

extension RecordedEvent {
    /// Flips a bit of what a port read gave.
    fileprivate mutating func flipInput(by bits: UInt32 = 1) {
        guard case .portRead(var access) = event else { return }
        access.value ^= bits
        event = .portRead(access)
    }
}
