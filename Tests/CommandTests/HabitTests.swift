import EndToEnd
import Foundation
import Testing
import TraceFormat

/// What people expect of a command without having read about it.
@Suite struct HabitTests {
    @Test(
        arguments: [
            ("recrod", "there is no command 'recrod': did you mean 'rr-vm record'?"),
            ("inspct", "there is no command 'inspct': did you mean 'rr-vm inspect'?"),
            ("lsat-write", "there is no command 'lsat-write': did you mean 'rr-vm last-write'?"),
            ("frobnicate", "there is no command 'frobnicate': 'rr-vm --help' lists them"),
            ("x", "there is no command 'x': 'rr-vm --help' lists them"),
        ]
    )
    func mistypedCommandIsNamed(word: String, message: String) throws {
        let result = try Command.run(word, "x", "--max-time", "1", in: TemporaryDirectory())

        #expect(result.status == 64)
        #expect(result.messages == "rr-vm: \(message)\n")
    }

    @Test(arguments: [["record"], ["record", "x", "--sideways"], ["bisect"], ["events", "--follow", "--from", "end"]])
    func everyErrorBeginsWithTheProgramsName(words: [String]) throws {
        let directory = try TemporaryDirectory()

        let result = try Command(words, in: directory).wait()

        #expect(result.status == 64)
        #expect(result.messages.hasPrefix("rr-vm: "), "\(result.messages)")
    }

    /// Files that somebody may take for a guest, as a shell makes them, and what is said.
    @Test(
        arguments: [
            ("cp hello.rrvm guest", "guest is a trace and not a guest: 'rr-vm replay guest' replays it"),
            ("cp /bin/ls guest", "guest is a program of this host and not a guest"),
            (
                "printf 'int main() { return 0; }\\n' >guest",
                "guest is text and not a guest: assemble or compile it first"
            ),
            ("printf '#!/bin/sh\\n' >guest", "guest is text and not a guest"),
            (
                "printf 'QFI\\373' >guest",
                "guest is a qcow2 image: 'qemu-img convert -O raw guest disk.img' makes a raw one"
            ),
            ("printf x | gzip >guest", "guest is compressed with gzip: decompress it first"),
            ("printf x | xz >guest", "guest is compressed with xz: decompress it first"),
        ]
    )
    func fileThatIsNoGuestIsRefusedInOneLine(making: String, message: String) throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")
        _ = try Command.shell(making, in: directory)

        let result = try Command.run("record", "guest", "--engine", "soft", in: directory)

        #expect(result.status == 65)
        #expect(result.messages.hasPrefix("rr-vm: \(message)"), "\(result.messages)")
        #expect(result.messageLines.count == 1)
        #expect(try directory.names == ["guest", "hello.rrvm"])
    }

    @Test func fileIsLoadedAsItIsIfItsProtocolIsGiven() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Array("\n\n\n\n".utf8), to: "guest")

        let result = try Command.run(
            "record",
            "guest",
            "--flat",
            "--engine",
            "soft",
            "--max-events",
            "1",
            "--max-time",
            "1",
            in: directory
        )

        #expect(!result.messages.contains("text"), "\(result.messages)")
    }

    @Test func huntEndsWithOneIfNothingWasFoundAndWithZeroIfSomethingWas() throws {
        let directory = try TemporaryDirectory()
        for guest in ["hello", "racy"] { try directory.add(guest) }

        let none = try Command.run(
            "record",
            "hello.bin",
            "--flat",
            "--engine",
            "soft",
            "--until-failure",
            "2",
            in: directory
        )
        let found = try Command.run(
            "record",
            "racy.bin",
            "--flat",
            "--until-failure",
            "400",
            "-o",
            "found.rrvm",
            in: directory
        )

        #expect(none.status == 1 && none.messages.hasSuffix("rr-vm: no failure in 2 tries\n"), "\(none)")
        #expect(found.status == 0, "\(found)")
        #expect(try TraceReader(path: directory.file("found.rrvm")).outcome == .exited(code: 1))
    }

    @Test(
        arguments: [
            ([0xB8, 0x03, 0x00, 0xE7, 0xF4], 3),  // mov $3, %ax; out %ax, $0xf4
            ([0xB8, 0x00, 0x00, 0xE7, 0xF4], 0),
            ([0xB8, 0x00, 0x01, 0xE7, 0xF4], 1),
            ([0xFA, 0xF4], 0),  // cli; hlt
            ([0xFA, 0xEB, 0xFE], 1),  // cli; jmp .
        ] as [([UInt8], Int32)]
    )
    func statusIsTheGuestsIfAsked(code: [UInt8], status: Int32) throws {
        let directory = try TemporaryDirectory()
        try directory.write(code, to: "guest")
        let options = ["guest", "--flat", "--engine", "soft", "--max-time", "0.5", "--no-reboot"]

        let asked = try Command(["run"] + options + ["--exit-status", "guest"], in: directory).wait()
        let recorded = try Command(["record"] + options + ["--exit-status", "guest"], in: directory).wait()
        let usual = try Command(["run"] + options, in: directory).wait()

        #expect(asked.status == status && recorded.status == status, "\(asked) \(recorded)")
        #expect(usual.status == 0)
    }

    @Test func tracesAreKeptAndFoundInTheDirectoryOfTheEnvironment() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let result = try Command.shell(
            """
            mkdir kept; export RR_VM_TRACE_DIR=$PWD/kept
            "$0" record hello.bin --flat --engine soft >/dev/null 2>&1 && ls kept && "$0" info | tail -1 &&
            "$0" info hello.0.rrvm | tail -1 && "$0" ls
            """,
            in: directory
        )

        #expect(result.status == 0, "\(result)")
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.prefix(2) == ["hello.0.rrvm", "latest"])
        #expect(
            lines.dropFirst(2).prefix(2) == [
                "console             hello from real mode", "console             hello from real mode",
            ]
        )
        #expect(lines.last?.hasPrefix("hello.0.rrvm") == true)
        #expect(lines.last?.hasSuffix("the guest exited with code 0") == true)
        #expect(try directory.names == ["hello.bin", "kept"])
    }

    @Test func tracesOfADirectoryAreListedWithWhatCannotBeRead() throws {
        let directory = try TemporaryDirectory()
        for name in ["hello.rrvm", "cut-off.rrvm"] { try directory.addCommittedTrace(name) }
        try directory.write(Array("no trace".utf8), to: "other.rrvm")
        try directory.write([], to: "notes.txt")

        let list = try Command.run("ls", in: directory)
        let objects = try Command.run("ls", "--json", ".", in: directory)

        #expect(list.status == 0)
        let lines = list.output.split(separator: "\n")
        #expect(lines.map { $0.prefix { $0 != " " && $0 != ":" } } == ["cut-off.rrvm", "hello.rrvm", "other.rrvm"])
        #expect(
            lines[0].contains("the trace has no end") && lines[1].contains("46")
                && lines[2].contains("is not an rr-vm trace"),
            "\(list)"
        )
        for line in objects.output.split(separator: "\n") {
            _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
        }
    }

    @Test func eventsTakeMomentsAndSeveralPorts() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("pit-ticks.rrvm")

        let last = try Command.run("events", "pit-ticks.rrvm", "--from", "-2", in: directory)
        let ports = try Command.run(
            "events",
            "pit-ticks.rrvm",
            "--port",
            "0x40,67",
            "--to",
            "console:ticks",
            in: directory
        )
        let late = try Command.run("events", "pit-ticks.rrvm", "--from", "end", "--to", "port:0x40", in: directory)

        #expect(last.output.split(separator: "\n").count == 3)
        #expect(ports.output.contains("port 0x40") && ports.output.contains("port 0x43"), "\(ports)")
        #expect(!ports.output.contains("port 0x3f8"))
        #expect(late.status == 64 && late.messages.contains("is after --to"), "\(late)")
    }

    @Test func infoShowsWhereTheRunEndedAndItsLastLines() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("pit-ticks.rrvm")

        let info = try Command.run("info", "pit-ticks.rrvm", in: directory)

        #expect(info.output.contains("last place          0x7c98, moment 681\n"), "\(info.output)")
        #expect(info.output.hasSuffix("console             ticks 00000064 counters 973dddb9\n"), "\(info.output)")
    }

    @Test(.needsKVM) func interruptKeyIsTypedIfTheGuestIsToHaveIt() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.steady, to: "guest")
        let session = "exec \\\"$0\\\" record guest --flat --memory 16M --raw-keys --max-time 20 -o trace.rrvm"

        let result = try Command.shell(
            """
            (until [ -e trace.rrvm.part ]; do sleep 0.01; done; printf '\\003'; sleep 0.3
            [ -e trace.rrvm.part ] && printf '\\001x') |
            script --quiet --command "\(session)" /dev/null
            """,
            in: directory
        )

        let reader = try TraceReader(path: directory.file("trace.rrvm"))
        #expect(reader.outcome == .stopped(.interrupted), "\(result)")
    }

    /// mov $'x', %al; mov $0x3f8, %dx; out %al, (%dx); mov $0, %al; out %al, $0xf4
    private static let shortOfALine: [UInt8] = [0xB0, 0x78, 0xBA, 0xF8, 0x03, 0xEE, 0xB0, 0x00, 0xE6, 0xF4]

    @Test func messagesDoNotGoOnInALineOfTheGuest() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.shortOfALine, to: "guest")
        let run = "\"$0\" run guest --flat --engine soft"

        let together = try Command.shell("\(run) 2>&1", in: directory)
        let apart = try Command.shell(run, in: directory)

        #expect(together.output.hasPrefix("x\nrr-vm: the guest exited with code 0"), "\(together)")
        #expect(apart.output == "x" && apart.messages.hasPrefix("rr-vm: the guest exited"), "\(apart)")
    }

    @Test func eventsShowTheConsoleInLines() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")

        let result = try Command.run("events", "hello.rrvm", "--fold", in: directory)

        #expect(
            result.output == """
                0  0.000  keyframe 0 synchronous
                1-42  0.000  console "hello from real mode\\n"
                43  0.001  out  port 0xf4 size 1 value 0x0  at rip 0x7c17
                44  0.001  keyframe 1 synchronous
                45  0.001  end  the guest exited with code 0

                """
        )
    }
}
