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
}
