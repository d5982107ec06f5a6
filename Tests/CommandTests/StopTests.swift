import EndToEnd
import Foundation
import Testing
import TraceFormat

/// Guests that are stopped before they end: their traces are whole.
@Suite(.needsKVM) struct StopTests {
    /// A guest in real mode: `body` and then the same again, for ever.
    private static let endless: [String: [UInt8]] = [
        "spinning": [0xFA, 0xEB, 0xFE],  // cli; jmp .
        "storming": [0xFA, 0xE6, 0x80, 0xEB, 0xFC],  // cli; out %al, $0x80; jmp .-2
        "sleeping": [0xFB, 0xF4, 0xEB, 0xFC],  // sti; hlt; jmp .-2, and no timer is set
    ]

    @Test(arguments: ["spinning", "storming", "sleeping"], [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func signalEndsARecordingWithAWholeTrace(guest: String, signal: Int32) throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.endless[guest] ?? [], to: "guest")
        var recorder = try Command(["record", "guest", "--flat", "--memory", "16M", "-o", "trace.rrvm"], in: directory)
        recorder.waitUntil { (try? TraceReader(path: directory.file("trace.rrvm.part")).eventCount) ?? 0 > 0 }

        recorder.signal(signal)
        let result = try recorder.wait()

        #expect(result.status == 0, "\(result.messages)")
        #expect(try TraceReader(path: directory.file("trace.rrvm")).outcome == .stopped(.interrupted))
        #expect(try Command.run("verify", "trace.rrvm", in: directory).status == 0)
    }

    /// What synchronizing takes is open before the process gives up the right to open files.
    @Test(arguments: ["every", "interval", "none"])
    func aRecordingIsSynchronizedWhileItIsConfined(when: String) throws {
        let directory = try TemporaryDirectory()

        try directory.record("hello", "--sync", when)

        #expect(try TraceReader(path: directory.file("trace.rrvm")).outcome == .exited(code: 0))
    }

    @Test(arguments: ["spinning", "storming", "sleeping"])
    func timeLimitEndsARecording(guest: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.endless[guest] ?? [], to: "guest")

        let result = try Command.run(
            "record",
            "guest",
            "--flat",
            "--memory",
            "16M",
            "--max-time",
            "0.3",
            "-o",
            "trace.rrvm",
            in: directory
        )

        #expect(result.status == 0, "\(result.messages)")
        #expect(try TraceReader(path: directory.file("trace.rrvm")).outcome == .stopped(.timeLimit))
        #expect(try Command.run("replay", in: directory).status == 0)
    }

    @Test func limitOfEventsEndsARecording() throws {
        let directory = try TemporaryDirectory()

        try directory.record("port-storm", "--max-events", "100")

        let reader = try TraceReader(path: directory.file("trace.rrvm"))
        #expect(reader.outcome == .stopped(.eventLimit))
        #expect((100...103).contains(reader.eventCount), "\(reader.eventCount)")
    }

    @Test func textOnTheConsoleEndsARecording() throws {
        let directory = try TemporaryDirectory()

        try directory.record("hello", "--until", "real")

        let reader = try TraceReader(path: directory.file("trace.rrvm"))
        #expect(reader.outcome == .stopped(.consoleText("real")))
        #expect(try Command.run("replay", "--console", "--quiet", in: directory).output == "hello from real mode\n")
    }

    /// Records a guest that shows a prompt, for which the recording waits, and goes on with the rest of its code: mov $'>', %al;
    /// mov $0x3f8, %dx; out %al, (%dx).
    private static func recordPrompt(
        _ rest: [UInt8],
        _ options: String...,
        in directory: borrowing TemporaryDirectory
    ) throws -> Command.Result {
        try directory.write([0xB0, 0x3E, 0xBA, 0xF8, 0x03, 0xEE] + rest, to: "guest")
        let arguments = ["record", "guest", "--flat", "--memory", "16M", "--until", ">"] + options
        return try Command(arguments + ["-o", "trace.rrvm"], in: directory).wait()
    }

    /// The rest is cli; jmp . or sti; hlt; jmp .-2, or an exit.
    @Test(
        arguments: [
            ([0xFA, 0xEB, 0xFE], .stopped(.consoleText(">"))), ([0xFB, 0xF4, 0xEB, 0xFC], .stopped(.consoleText(">"))),
            ([0xB0, 0x00, 0xE6, 0xF4], .exited(code: 0)),
        ] as [([UInt8], Outcome)]
    )
    func promptIsNotWaitedForToEnd(rest: [UInt8], outcome: Outcome) throws {
        let directory = try TemporaryDirectory()
        let result = try Self.recordPrompt(rest, "--max-time", "20", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        #expect(try TraceReader(path: directory.file("trace.rrvm")).outcome == outcome)
        #expect(try Command.run("replay", "trace.rrvm", in: directory).status == 0)
    }

    @Test func textIsAFailureEvenIfTheGuestEndsItsLineByExiting() throws {
        let directory = try TemporaryDirectory()
        let result = try Self.recordPrompt([0xB0, 0x00, 0xE6, 0xF4], "--until-failure", "3", in: directory)

        #expect(result.status == 0 && result.messages.contains("try 1 failed"), "\(result)")
    }
}
