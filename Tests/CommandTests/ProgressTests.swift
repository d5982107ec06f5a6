import EndToEnd
import Foundation
import Testing

/// What a person at a terminal sees of long work. `script` makes the terminal.
@Suite(.needsKVM) struct ProgressTests {
    @Test func recordingShowsEventsTimeAndBytesWhileTheConsoleIsQuiet() throws {
        let directory = try TemporaryDirectory()
        try directory.write([0xFA, 0xE6, 0x80, 0xEB, 0xFC], to: "storm")  // cli; out %al, $0x80; jmp .-2

        let shown = try directory.terminal("record storm --flat --memory 16M --max-time 2 -o trace.rrvm")

        #expect(
            shown.contains(/\r\e\[Krecording: [\d,]+ events, \d\.\d s, [\d.]+ (KiB|bytes); Ctrl-C ends it/),
            "\(shown)"
        )
        #expect(shown.hasSuffix("in trace.rrvm\r\n"), "\(shown)")
    }

    @Test func consoleIsWhatItIsWithoutALineInItsMidst() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let shown = try directory.terminal("run hello.bin --flat")

        #expect(shown.hasPrefix("hello from real mode\r\n"), "\(shown)")
    }

    @Test(arguments: ["verify --repeat 12", "verify --repeat 12 --jobs 2", "verify --repeat 12 --shard 1/2"])
    func replaysShowHowFarTheyAllAre(line: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("port-storm", "--max-events", "5000")

        let shown = try directory.terminal(line)

        // One replay is shorter than the quarter of a second after which the line comes: it shows the sum of them all.
        let counts = shown.matches(of: /replaying: ([\d,]+)(?: of [\d,]+)? events/).compactMap { match in
            Int(match.output.1.filter { $0 != "," })
        }
        #expect(try #require(counts.last, "\(shown)") > 5002, "\(shown)")
        #expect(counts == counts.sorted(), "\(shown)")
        #expect(shown.contains("divergences            0"), "\(shown)")
    }

    @Test func triesToMakeAGuestFailAreCounted() throws {
        let directory = try TemporaryDirectory()
        try directory.add("port-storm")

        // The line comes after a quarter of a second: a few tries of a tenth of one each, and the rest to spare.
        let shown = try directory.terminal(
            "record port-storm.bin --flat --memory 16M --max-events 20000 --until-failure 20 -o trace.rrvm"
        )

        #expect(shown.contains(/recording: try \d+ of 20, \d\.\d s/), "\(shown)")
        #expect(shown.hasSuffix("rr-vm: no failure in 20 tries\r\n"), "\(shown)")
    }

    @Test func nothingIsShownInAPipe() throws {
        let directory = try TemporaryDirectory()
        try directory.write([0xFA, 0xE6, 0x80, 0xEB, 0xFC], to: "storm")

        let result = try Command.run(
            "record",
            "storm",
            "--flat",
            "--memory",
            "16M",
            "--max-time",
            "1",
            in: directory
        )

        #expect(!result.messages.contains("recording:"), "\(result.messages)")
    }
}

extension TemporaryDirectory {
    /// What a terminal shows of a command: all that went to it, in order.
    fileprivate func terminal(_ line: String) throws -> String {
        try Command.shell("script --quiet --return --command \"\\\"$0\\\" \(line)\" terminal </dev/null", in: self)
            .output
    }
}
