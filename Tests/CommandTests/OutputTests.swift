import EndToEnd
import Foundation
import SystemPackage
import Testing
import TraceFormat

/// Where traces go, and what becomes of them when they cannot.
@Suite(.needsKVM) struct OutputTests {
    @Test func tracesAreNumberedAfterTheirGuestAndTheLatestIsLinked() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        for _ in 0..<3 { #expect(try Command.run("record", "hello.bin", "--flat", in: directory).status == 0) }

        #expect(try directory.names == ["hello.0.rrvm", "hello.1.rrvm", "hello.2.rrvm", "hello.bin", "latest"])
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: directory.file("latest").string) == "hello.2.rrvm"
        )
    }

    @Test func fileThatExistsIsNotTouched() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        try directory.write([1, 2, 3], to: "mine")

        let result = try Command.run("record", "hello.bin", "--flat", "-o", "mine", in: directory)

        #expect(result.status == 73)
        #expect(result.messageLines.count == 1)
        #expect(result.messages.contains("mine exists already"))
        #expect(result.output.isEmpty)
        #expect(try directory.read("mine") == [1, 2, 3])
        #expect(try directory.names == ["hello.bin", "mine"])
    }

    @Test func fileThatIsNamedLatestIsNotReplacedByTheLink() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        try directory.write([1, 2, 3], to: "latest")

        #expect(try Command.run("record", "hello.bin", "--flat", in: directory).status == 0)

        #expect(try directory.read("latest") == [1, 2, 3])
    }

    @Test(arguments: ["missing/trace.rrvm", "hello.bin/trace.rrvm", "/proc/trace.rrvm"])
    func directoryThatTakesNoFileIsNamed(path: String) throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let result = try Command.run("record", "hello.bin", "--flat", "-o", path, in: directory)

        #expect(result.status == 73, "\(result.messages)")
        #expect(result.messageLines.count == 1)
        #expect(result.messages.contains(path))
        #expect(try directory.names == ["hello.bin"])
    }

    @Test(.needsMounts) func diskThatIsFullLosesNothingThatWasWritten() throws {
        let directory = try TemporaryDirectory()
        try directory.add("tsc-hash")

        let result = try Command.shell(
            """
            mkdir small
            exec unshare --mount bash -c 'mount -t tmpfs -o size=20k none small
                "$0" record tsc-hash.bin --flat --memory 16M -o small/trace.rrvm; echo "status $?"
                ls small; "$0" replay small/trace.rrvm.part; echo "status $?"' "$0"
            """,
            in: directory
        )

        #expect(result.output.contains("status 74\nlatest\ntrace.rrvm.part\nstatus 0\n"), "\(result)")
        #expect(result.messages.contains("No space left on device"), "\(result.messages)")
        #expect(result.messages.contains("the trace has no end"), "\(result.messages)")
    }

    @Test func readerOfTheConsoleThatGoesAwayDoesNotEndTheRecording() throws {
        let directory = try TemporaryDirectory()
        try directory.add("rep-outs")

        let result = try Command.shell("\"$0\" record rep-outs.bin --flat | true; echo ${PIPESTATUS[0]}", in: directory)

        #expect(result.output == "0\n", "\(result.messages)")
        #expect(try TraceReader(path: directory.file("rep-outs.0.rrvm")).outcome == .exited(code: 0))
    }

    @Test(arguments: ["record rep-outs.bin --flat -o trace.rrvm", "run rep-outs.bin --flat"])
    func consoleThatCannotBeWrittenLosesNeitherRunNorTrace(line: String) throws {
        let directory = try TemporaryDirectory()
        try directory.add("rep-outs")

        let result = try Command.shell("\"$0\" \(line) >/dev/full", in: directory)

        #expect(result.status == 74, "\(result)")
        #expect(result.messages.contains("cannot write to standard output: No space left on device"), "\(result)")
        let traces = try directory.names.filter { $0 == "trace.rrvm" }
        #expect(try traces.allSatisfy { try TraceReader(path: directory.file($0)).outcome == .exited(code: 0) })
        #expect(traces.isEmpty == line.hasPrefix("run"))
    }

    @Test(
        arguments: [
            "replay --console", "verify", "verify --shard 1/1", "check", "info", "info --json", "events", "inspect",
            "diff latest latest", "bisect latest latest", "bisect latest --when 'rip != 0'", "last-write latest 0x500",
        ]
    )
    func resultThatCannotBeWrittenIsAnError(line: String) throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        _ = try Command.run("record", "hello.bin", "--flat", in: directory)

        let result = try Command.shell("\"$0\" \(line) >/dev/full", in: directory)

        #expect(result.status == 74, "\(result)")
        #expect(result.messages.contains("cannot write to standard output: No space left on device"), "\(result)")
    }

    @Test func limitOnTheSizeOfFilesEndsTheTraceWithItsLastWholeChunk() throws {
        let directory = try TemporaryDirectory()
        try directory.add("tsc-hash")

        let result = try Command.shell(
            "(ulimit -f 20; exec \"$0\" record tsc-hash.bin --flat --memory 16M -o trace.rrvm)",
            in: directory
        )

        #expect(result.status == 74, "\(result)")
        #expect(result.messages.contains("File too large"), "\(result.messages)")
        let reader = try TraceReader(path: directory.file("trace.rrvm.part"))
        #expect(reader.fault == nil && reader.keyframeCount > 0)
        #expect(throws: Never.self) { try reader.check() }
    }

    @Test(arguments: ["trace.rrvm", "trace.rrvm.part"])
    func pipeIsNoPlaceForATrace(name: String) throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        _ = try Command.shell("mkfifo \(name)", in: directory)

        let result = try Command.run("record", "hello.bin", "--flat", "-o", "trace.rrvm", in: directory)

        #expect(result.status == 73, "\(result)")
        #expect(result.messages.contains("\(name) exists already"), "\(result.messages)")
        #expect(try directory.names == ["hello.bin", name])
    }

    @Test(arguments: ["pack", "repair"])
    func copyNeedsAName(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        #expect(try Command.run(command, "trace.rrvm", "-o", "", in: directory).status == 64)
    }

    @Test func fewOpenFilesAreAnErrorAndNoCrash() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let result = try Command.shell("ulimit -n 8; exec \"$0\" record hello.bin --flat", in: directory)

        #expect(result.status == 69, "\(result)")
        #expect(result.messages.contains("ulimit -n"), "\(result.messages)")
        #expect(result.messageLines.count == 1)
        #expect(try directory.names == ["hello.bin"])
    }
}
