import EndToEnd
import Foundation
import Glibc
import SystemPackage
import Testing
import TraceFormat

/// The guest's console: what a person sees of it and when, and what is typed on it.
@Suite(.needsKVM) struct ConsoleTests {
    @Test func promptWithoutALineEndIsShownWhileTheGuestWaits() throws {
        let directory = try TemporaryDirectory()
        try directory.add("uart-echo")
        var command = try Command(["run", "uart-echo.bin", "--flat", "--max-time", "60"], in: directory)

        try command.waitUntil(shows: "> ")
        command.signal(SIGINT)
        let result = try command.wait()

        #expect(result.output == "> ")
        #expect(result.messages.contains("stopped on request"), "\(result.messages)")
    }

    @Test(arguments: ["\n", "\r\n"]) func scriptAnswersThePrompt(lineEnd: String) throws {
        let directory = try TemporaryDirectory()
        try directory.add("uart-echo")
        let script = ["# answers the prompt", "expect > ", "send a line\\n", ""].joined(separator: lineEnd)
        try directory.write(Array(script.utf8), to: "script")

        let result = try Command.run("run", "uart-echo.bin", "--flat", "--input-script", "script", in: directory)

        #expect(result.output == "> a line\n")
        #expect(result.status == 0, "\(result.messages)")
    }

    @Test func consoleIsReplayedAsSlowlyAsItWasRecorded() throws {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks")
        let console = try TraceReader(path: directory.file("trace.rrvm")).allEvents().filter {
            !$0.event.consoleBytes.isEmpty
        }
        let last = try #require(console.last)
        let start = ContinuousClock.now

        let result = try Command.run(
            "replay",
            "trace.rrvm",
            "--console",
            "--speed",
            "recorded",
            "--quiet",
            in: directory
        )

        #expect(ContinuousClock.now - start >= .milliseconds(last.time))
        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output == String(decoding: console.flatMap(\.event.consoleBytes), as: UTF8.self))
    }

    @Test(arguments: [
        (["replay", "--speed", "recorded"], "--console"),
        (["record", "x", "--until-failure", "--drive", "disk,write"], "',write'"),
        (["run", "x", "--rtc-base", "2026-02-31"], "--rtc-base"),
    ])
    func whatCanNotBeMeantIsRefused(arguments: [String], word: String) throws {
        let directory = try TemporaryDirectory()

        let result = try Command(arguments, in: directory).wait()

        #expect(result.status == 64)
        #expect(result.messages.contains(word), "\(result.messages)")
        #expect(try directory.names.isEmpty)
    }

    @Test func infoNamesTheDevices() throws {
        let directory = try TemporaryDirectory()
        try directory.write([UInt8](repeating: 0, count: 512), to: "disk.img")
        try directory.write([], to: "typed")

        try directory.record(
            "hello",
            "--drive",
            "disk.img,write,if=virtio",
            "--clock",
            "virtual",
            "--rtc-base",
            "1970-01-02",
            "--input",
            "typed"
        )

        let info = try Command.run("info", "trace.rrvm", in: directory)
        let options = "--boot flat --drive disk.img,write,if=virtio --clock virtual --rtc-base 86400 --memory"
        #expect(info.output.contains(options), "\(info.output)")
        #expect(info.output.contains("--input typed"), "\(info.output)")
    }
}
