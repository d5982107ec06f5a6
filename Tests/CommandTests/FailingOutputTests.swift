import EndToEnd
import Foundation
import Testing
import TraceFormat

/// Outputs that fail, and inputs that are no files: one line that says so, and a trace that is valid up to there.
@Suite(.needsKVM) struct FailingOutputTests {
    @Test(arguments: ["/dev/full", "/dev/null", "pipe"])
    func whatIsNoPlaceForATraceIsNotTouched(path: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        _ = try Command.shell("mkfifo pipe", in: directory)

        for arguments in [["record", "hello.bin", "--flat"], ["pack", "trace.rrvm"], ["repair", "trace.rrvm"]] {
            let result = try Command(arguments + ["-o", path], in: directory).wait()
            #expect(result.status == 73, "\(arguments): \(result)")
            #expect(result.messageLines.count == 1)
            #expect(result.messages.contains("\(path) exists already"), "\(result.messages)")
        }
    }

    @Test(arguments: ["events", "info", "diff trace.rrvm"])
    func fullOutputIsAnError(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.shell("\"$0\" \(command) trace.rrvm > /dev/full", in: directory)

        #expect(result.status == 74, "\(result)")
        #expect(result.messageLines == ["rr-vm: cannot write to standard output: No space left on device"])
    }

    @Test func fullConsoleDoesNotEndTheRecording() throws {
        let directory = try TemporaryDirectory()
        try directory.add("rep-outs")

        let result = try Command.shell("\"$0\" record rep-outs.bin --flat -o trace.rrvm > /dev/full", in: directory)

        #expect(result.status == 74, "\(result.messages)")
        #expect(try directory.reader("trace.rrvm").outcome == .exited(code: 0))
    }

    /// A file that may not grow (`ulimit -f`, in units of 1024 bytes), for the recorder and for a copy.
    @Test func fileThatMayNotGrowEndsTheRecordingAndKeepsWhatItHas() throws {
        let directory = try TemporaryDirectory()
        try directory.add("tsc-hash")

        let result = try Command.shell(
            "ulimit -f 20; \"$0\" record tsc-hash.bin --flat --memory 16M -o trace.rrvm; echo \"status $?\"",
            in: directory
        )

        #expect(result.output.hasSuffix("status 74\n"), "\(result)")
        #expect(result.messages.contains("cannot write trace.rrvm.part: File too large"), "\(result.messages)")
        #expect(try Command.run("replay", "trace.rrvm", in: directory).status == 0)
        let copied = try Command.shell("ulimit -f 2; \"$0\" pack trace.rrvm -o copy.rrvm", in: directory)
        #expect(copied.status == 74, "\(copied)")
        #expect(try !directory.names.contains("copy.rrvm.part"))
    }

    @Test(.needsMounts) func directoryThatIsMountedReadOnlyIsNamed() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        try directory.record("hello")

        for command in ["record hello.bin --flat", "pack trace.rrvm", "repair trace.rrvm"] {
            let result = try Command.shell(
                """
                mkdir -p fixed
                exec unshare --mount bash -c 'mount -t tmpfs -o ro none fixed; exec "$0" \(command) -o fixed/copy.rrvm' "$0"
                """,
                in: directory
            )
            #expect(result.status == 73, "\(command): \(result)")
            #expect(result.messages.contains("fixed/copy.rrvm.part: Read-only file system"), "\(result.messages)")
        }
    }

    /// Room for one page of file: none is left when the second file begins.
    @Test(.needsMounts) func ringOnAFullDiskKeepsWhatItHas() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.storming, to: "guest")

        let result = try Command.shell(
            """
            mkdir small
            exec unshare --mount bash -c 'mount -t tmpfs -o size=4k none small
                "$0" record guest --flat --memory 16M --ring 400ms --keyframes every=40ms --max-time 20 -o small/trace.rrvm
                echo "status $?"; ls small; "$0" replay small/trace.rrvm; echo "status $?"' "$0"
            """,
            in: directory
        )

        #expect(result.output.contains("status 74\n"), "\(result)")
        #expect(result.output.hasSuffix("status 0\n"), "\(result)")
        #expect(result.messages.contains("No space left on device"), "\(result.messages)")
        #expect(result.output.contains("latest\ntrace.rrvm"), "\(result)")
    }

    @Test(arguments: ["info", "events", "replay", "verify", "check", "pack -o x.rrvm", "repair -o x.rrvm"])
    func inputFromAPipeIsRefused(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let piped = try Command.shell("cat trace.rrvm | \"$0\" \(command) /dev/stdin", in: directory)
        let named = try Command.shell("mkfifo pipe; timeout 20 \"$0\" \(command) pipe", in: directory)

        for result in [piped, named] {
            #expect(result.status == 66, "\(result)")
            #expect(result.messageLines.count == 1)
            #expect(result.messages.contains("which is a pipe: save it as a file first"), "\(result.messages)")
        }
        #expect(try !directory.names.contains { $0.hasPrefix("x.rrvm") })
    }

    @Test(arguments: [
        ["pack", "-o", "x.rrvm"], ["repair", "-o", "x.rrvm"], ["inspect", "--at", "0"], ["diff", "trace.rrvm"],
        ["bisect", "trace.rrvm"],
    ])
    func commandsThatReadRefuseWhatIsNoTrace(command: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")
        try directory.write([], to: "empty")
        try directory.write(Array("this is no trace, but it is longer than the first bytes of one".utf8), to: "text")

        for (name, status) in [("missing", 66), (".", 66), ("empty", 65), ("text", 65), ("/dev/null", 66)]
            as [(String, Int32)]
        {
            let result = try Command(command + [name], in: directory).wait()
            #expect(result.status == status, "\(name): \(result)")
            #expect(result.messageLines.count == 1)
            #expect(result.messages.contains(name))
        }
        #expect(try !directory.names.contains { $0.hasPrefix("x.rrvm") })
    }
}
