import EndToEnd
import Glibc
import Testing
import TraceFormat

/// Signals that come early, late, or to somebody who does not want them.
@Suite(.needsKVM) struct SignalTests {
    private static let arguments = ["record", "guest", "--flat", "--memory", "16M", "-o", "trace.rrvm"]

    /// The signal is there before the program's first instruction: nothing can come earlier.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func signalAtTheVeryStartEndsTheRecordingWithAWholeTrace(signal: Int32) throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.steady, to: "guest")

        var recorder = try Command(Self.arguments, in: directory, holdingBack: [signal])
        recorder.signal(signal)
        let result = try recorder.wait()

        #expect(result.status == 0, "\(result.messages)")
        #expect(try directory.reader("trace.rrvm").outcome == .stopped(.interrupted))
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    /// The runtime's own start-up, before the program takes the signals, must not swallow one either.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func signalDuringTheStartEndsTheProcessOrTheRecording(signal: Int32) throws {
        for delay in 0..<12 {
            let directory = try TemporaryDirectory()
            try directory.write(EndlessGuest.steady, to: "guest")

            var recorder = try Command(Self.arguments, in: directory)
            usleep(UInt32(delay * 500))
            recorder.signal(signal)
            let result = try recorder.wait()

            #expect(result.status == 0 || result.status == 128 + signal, "\(result.messages)")
            guard result.status == 0 else { continue }
            #expect(try directory.reader("trace.rrvm").outcome == .stopped(.interrupted))
        }
    }

    @Test func hangUpThatIsIgnoredStaysIgnored() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.steady, to: "guest")
        var recorder = try Command(
            ["-c", "trap '' HUP; exec \"$0\" \"$@\"", Command.executable] + Self.arguments,
            of: "/bin/bash",
            in: directory
        )
        recorder.waitUntil { directory.eventCount > 0 }

        recorder.signal(SIGHUP)
        let before = directory.eventCount
        recorder.waitUntil { directory.eventCount > before + 100 }
        recorder.signal(SIGTERM)
        let result = try recorder.wait()

        #expect(result.status == 0, "\(result.messages)")
        #expect(try directory.reader("trace.rrvm").eventCount > before + 100)
    }

    /// On a terminal of its own: what it was like before, and after the recorder has gone in this way.
    @Test(
        arguments: [
            "kill -ILL $(cat pid)", "kill -SEGV $(cat pid)", "kill -ABRT $(cat pid)", "kill -TERM $(cat pid)",
            "kill -TSTP $(cat pid); kill -CONT $(cat pid); kill -TERM $(cat pid)",
        ]
    )
    func terminalIsSaneAfterwards(end: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.steady, to: "guest")
        try directory.write(
            Array(
                """
                stty -g >before; export SWIFT_BACKTRACE=enable=no
                (until [ -s pid ] && [ "$(stty -g </dev/tty)" != "$(cat before)" ]; do sleep 0.01; done
                \(end)) 2>/dev/null &
                bash -c 'echo $$ >pid; exec "$0" record guest --flat --memory 16M -o trace.rrvm' "$1"
                stty -g >after
                """.utf8
            ),
            to: "session"
        )

        let result = try Command.shell(
            "script --quiet --command \"bash session '$0'\" /dev/null </dev/null",
            in: directory
        )

        #expect(try directory.read("after") == directory.read("before"), "\(result)")
    }

    @Test func keyOfTheTerminalEndsTheRecording() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.steady, to: "guest")
        try directory.write(
            Array(
                """
                stty -g >before
                exec "$1" record guest --flat --memory 16M -o trace.rrvm
                """.utf8
            ),
            to: "session"
        )

        let result = try Command.shell(
            """
            (until [ -e trace.rrvm.part ]; do sleep 0.01; done; printf '\\003') |
            script --quiet --command "bash session '$0'" /dev/null
            """,
            in: directory
        )

        #expect(try directory.reader("trace.rrvm").outcome == .stopped(.interrupted), "\(result)")
    }
}
