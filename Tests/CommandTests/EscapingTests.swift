import EndToEnd
import Foundation
import Testing
import TraceFormat
import X86

/// No text of a trace, a file's name or the command line reaches a terminal raw.
@Suite(.needsKVM) struct EscapingTests {
    private static let poison = "\u{1B}]0;x\u{7}\u{9B}31m\r\nforged\u{202E}\u{7F}"

    /// Whether a terminal would take any of it for a command, or for the end of a line that is none.
    private static func isRaw(_ text: String) -> Bool {
        text.unicodeScalars.contains {
            $0 != "\n" && ($0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0 == "\u{202E}")
        } || text.contains("\nforged")
    }

    private static func poisoned() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.record("pit-ticks", "--keyframes", "events=20")
        try directory.change("poisoned.rrvm") { changes in
            changes.header = { header in
                header.guest.name = poison
                header.guest.options = [poison]
                header.setup.drives = [TraceHeader.Drive(name: poison)]
                header.recording.processor.vendor = "\u{1B}]0;x"
                header.recorder = poison
                header.host.processorModel = poison
                header.host.kernelRelease = poison
                header.processor.profile = poison
                header.notes.append(TraceHeader.Note(key: poison, value: poison))
            }
            changes.events = { events in
                events[events.count - 1].event = .end(.stopped(.consoleText(poison)))
            }
        }
        return directory
    }

    @Test func everyCommandShowsTextsOfATraceEscaped() throws {
        let directory = try Self.poisoned()
        let commands = [
            ["info"], ["info", "--check"], ["events"], ["replay"], ["verify", "--epochs"], ["inspect"], ["redact"],
            ["check"],
            ["diff", "trace.rrvm"], ["bisect", "trace.rrvm"], ["bisect", "--when", "rax == 0"],
        ]
        for command in commands {
            let result = try Command(command + ["poisoned.rrvm"], in: directory).wait()
            #expect(!Self.isRaw(result.output) && !Self.isRaw(result.messages), "\(command): \(result)")
        }
        let shown = try Command.run("info", "poisoned.rrvm", in: directory).output
        #expect(shown.contains("\\u001b]0;x\\u0007\\u009b31m\\u000d\\u000aforged\\u202e\\u007f"), "\(shown)")
    }

    @Test func objectsHaveTheTextItself() throws {
        let directory = try Self.poisoned()

        let info = try Command.run("info", "--json", "poisoned.rrvm", in: directory).output
        let events = try Command.run("events", "--json", "poisoned.rrvm", in: directory).output

        #expect(!Self.isRaw(info) && !Self.isRaw(events))
        let object = try JSONSerialization.jsonObject(with: Data(info.utf8))
        #expect("\(object)".contains(Self.poison.debugDescription) || "\(object)".contains("\u{9B}"))
        for line in events.split(separator: "\n") { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }

    @Test(arguments: ["info", "record", "replay", "frobnicate"])
    func namesAndWordsOfTheCommandLineAreShownEscaped(command: String) throws {
        let directory = try TemporaryDirectory()

        let missing = try Command([command, Self.poison], in: directory).wait()
        let unknown = try Command([command, "a", "--\(Self.poison)"], in: directory).wait()

        #expect(missing.status != 0 && unknown.status != 0)
        #expect(!Self.isRaw(missing.messages), "\(missing.messages)")
        #expect(!Self.isRaw(unknown.messages), "\(unknown.messages)")
    }
}
