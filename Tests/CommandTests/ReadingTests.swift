import EndToEnd
import Foundation
import Testing
import TraceFormat

/// What the commands that read a trace show of it.
@Suite(.needsKVM) struct ReadingTests {
    @Test func commandsWithoutAFileTakeTheLatest() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        for command in ["replay", "verify", "info", "events", "check"] {
            #expect(try Command.run(command, in: directory).status == 0, "\(command)")
        }
    }

    @Test func recordingAndReplayCountTheSameEvents() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let recorded = try Command.run("record", "hello.bin", "--flat", in: directory)
        let replayed = try Command.run("replay", in: directory)

        let count = try TraceReader(path: directory.file("latest")).eventCount
        #expect(recorded.messages.contains("rr-vm: \(count) events"))
        #expect(replayed.messages.contains("rr-vm: \(count) events"))
    }

    @Test(arguments: ["hello", "rep-outs", "pit-ticks"])
    func replayShowsTheRecordedConsole(guest: String) throws {
        let directory = try TemporaryDirectory()
        try directory.add(guest)

        let recorded = try Command.run("record", guest + ".bin", "--flat", in: directory)
        let replayed = try Command.run("replay", "--console", "--quiet", in: directory)

        #expect(!recorded.output.isEmpty)
        #expect(replayed.output == recorded.output)
        #expect(replayed.messages.isEmpty)
    }

    @Test func runShowsTheConsoleAndLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let result = try Command.run("run", "hello.bin", "--flat", in: directory)

        #expect(result.status == 0)
        #expect(result.output == "hello from real mode\n")
        #expect(try directory.names == ["hello.bin"])
    }

    @Test func verifySaysWhatWasProved() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.run("verify", "--repeat", "3", in: directory)

        #expect(result.status == 0)
        #expect(result.output.contains("3 replays of"))
        #expect(result.output.contains("divergences            0"))
    }

    /// In the process of the tests, SeaBIOS is replayed with the other guests.
    @Test(.slow) func everyReplayOfSeaBIOSEndsInOneState() throws {
        let directory = try TemporaryDirectory()
        let text = "No bootable device"
        let recorded = try Command.run("record", "--bios", "--until", text, "-o", "trace.rrvm", in: directory)

        let result = try Command.run("verify", "trace.rrvm", "--repeat", "20", in: directory)

        let digest = try #require(try TraceReader(path: directory.file("trace.rrvm")).keyframes.last?.digest)
        #expect(recorded.status == 0, "\(recorded)")
        #expect(recorded.output.split(separator: "\n").last?.contains(text) == true, "\(recorded)")
        #expect(result.status == 0, "\(result)")
        #expect(result.output.hasPrefix("20 replays of "), "\(result)")
        #expect(result.output.contains("\ndivergences            0\nfinal digest           \(digest)\n"), "\(result)")
    }

    /// Which those are depends on the host: on VT-x and AMD-V there are none.
    @Test func infoCountsWhatWasCompletedForTheHostAlsoOfCopies() throws {
        let directory = try TemporaryDirectory()
        try directory.add("completions")
        let recorded = try Command.run("record", "completions.bin", "-o", "trace.rrvm", in: directory)
        let bytes = try directory.read("trace.rrvm")
        try directory.write(bytes.dropLast(10), to: "cut.rrvm")

        let made = try [
            ["pack", "trace.rrvm", "-o", "packed.rrvm"], ["repair", "cut.rrvm", "-o", "repaired.rrvm"],
            ["redact", "trace.rrvm", "--blank", "console", "-o", "redacted.rrvm"],
        ].map { try Command($0, in: directory).wait() }

        let counts = try TraceReader(path: directory.file("trace.rrvm")).completedInstructions.sorted {
            $0.key < $1.key
        }
        let text = counts.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        #expect(recorded.status == 0 && made.allSatisfy { $0.status == 0 }, "\(made)")
        #expect(recorded.messages.contains("cannot execute: \(text)\n") == !counts.isEmpty, "\(recorded.messages)")
        for name in ["trace.rrvm", "packed.rrvm", "repaired.rrvm", "redacted.rrvm"] {
            let info = try Command.run("info", name, in: directory).output
            let json = try Command.run("info", name, "--json", in: directory).output
            let object = counts.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
            #expect(info.contains("\ncompleted           \(text), for the host\n") == !counts.isEmpty, "\(info)")
            #expect(json.contains("\"completedInstructions\":{\(object)}"), "\(json)")
        }
    }

    @Test(arguments: ["info", "events"])
    func jsonParses(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("pci-scan")

        let result = try Command.run(command, "--json", in: directory)

        let objects = try result.output.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8))
        }
        #expect(!objects.isEmpty)
        #expect(objects.allSatisfy { $0 is [String: Any] })
    }

    @Test(
        arguments: [
            ([], 46), (["--from", "44"], 2), (["--to", "1"], 2), (["--from", "2", "--to", "4"], 3),
            (["--kind", "keyframe"], 2), (["--kind", "portRead,portWrite"], 43), (["--port", "0x3f8"], 21),
            (["--port", "1016", "--to", "10"], 5), (["--kind", "end"], 1), (["--kind", "halt"], 0),
        ]
    )
    func eventsAreChosen(options: [String], count: Int) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command(["events", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output.split(separator: "\n").count == count)
    }

    @Test(
        arguments: [
            ["--from", "5", "--to", "4"], ["--from", "46"], ["--from", "-1000000"], ["--kind", "nonsense"],
            ["--kind", ""],
            ["--port", "65536"], ["--port", "0x"], ["--from", "x"],
        ]
    )
    func eventsThatCannotBeAreAUsageError(options: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command(["events", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 64, "\(result)")
    }

    @Test func outputThatNobodyReadsEndsQuietly() throws {
        let directory = try TemporaryDirectory()
        try directory.record("port-storm", "--max-events", "20000")

        let result = try Command.shell("\"$0\" events | head -1", in: directory)

        #expect(result.output.split(separator: "\n").count == 1)
        #expect(result.messages.isEmpty)
    }
}
