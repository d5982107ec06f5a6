import EndToEnd
import Foundation
import GuestImages
import Testing

/// What gdb shows of a recording.
@Suite(.needsGDB, .needsKVM) struct DebugTests {
    /// Debugs trace.rrvm with these commands of gdb, in batch.
    private func debug(
        _ commands: [String],
        _ options: [String] = [],
        in directory: borrowing TemporaryDirectory
    ) throws -> String {
        let arguments = ["debug", "trace.rrvm"] + options + ["--", "-nx", "-batch"]
        let result = try Command(arguments + commands.flatMap { ["-ex", $0] }, in: directory).wait()
        #expect(result.status == 0, "\(result.messages)")
        return result.output + result.messages
    }

    private func moments(_ output: String) -> [String] {
        output.split(separator: "\n").filter { $0.hasPrefix("moment ") }.map { String($0.dropFirst(7)) }
    }

    private func recordedGuest(_ name: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.record(name)
        return directory
    }

    @Test(arguments: ["soft", "kvm"])
    func aBreakpointIsHitForwardsAndBackwards(engine: String) throws {
        let directory = try recordedGuest("hello")

        let output = try debug(
            ["break *0x7c01", "continue", "monitor when", "stepi", "continue", "reverse-continue", "monitor when"],
            ["--engine", engine],
            in: directory
        )

        #expect(moments(output) == ["0+1", "0+1"], "\(output)")
        #expect(output.contains("Breakpoint 1, 0x00007c01"))
        #expect(output.contains("No more reverse-execution history."))
    }

    @Test func steppingBackAHundredTimesAndOnAgainLeadsToTheSameMoment() throws {
        let directory = try recordedGuest("tick-nested")

        let output = try debug(
            ["continue", "reverse-stepi", "monitor when", "info registers"] + ["reverse-stepi 100", "monitor when"]
                + ["stepi 100", "monitor when", "info registers"],
            in: directory
        )

        let seen = moments(output)
        #expect(seen.count == 3)
        #expect(seen.first == seen.last)
        #expect(seen.first != seen[1])
        let registers = output.split(separator: "\n").filter { $0.hasPrefix("e") }
        #expect(registers.count % 2 == 0)
        #expect(registers.prefix(registers.count / 2).elementsEqual(registers.suffix(registers.count / 2)))
    }

    @Test func tenRestartsHitTheSame() throws {
        let directory = try recordedGuest("racy")
        let once = ["monitor restart", "continue", "continue", "monitor when"]

        let output = try debug(["break *0x7c4d"] + (0..<10).flatMap { _ in once }, in: directory)

        let hits = moments(output).filter { $0 != "0" }
        #expect(hits.count == 10, "\(output)")
        #expect(Set(hits).count == 1)
    }

    @Test(arguments: ["soft", "kvm"])
    func theWriterOfAWatchedVariableIsFound(engine: String) throws {
        let directory = try recordedGuest("racy")

        let output = try debug(
            ["watch *(int*)0x7ce9", "reverse-continue", "x/i $pc", "monitor when", "stepi", "print *(int*)0x7ce9"],
            ["--at", "end", "--engine", engine],
            in: directory
        )
        let lastWrite = try Command.run("last-write", "trace.rrvm", "0x7ce9", "--len", "4", in: directory)

        // The handler's increment of the ticks, which were 3 before it.
        #expect(output.contains("Old value = 4"), "\(output)")
        #expect(output.contains("New value = 3"))
        #expect(output.contains("=> 0x7c92:"))
        #expect(output.contains("$1 = 4"))
        #expect(lastWrite.output.contains("0x7c92"), "\(lastWrite.output)")
    }

    @Test func aChangedGuestRunsApartUntilItRejoinsTheRecording() throws {
        let directory = try recordedGuest("racy")

        let output = try debug(
            ["break *0x7c55", "continue", "monitor when", "print $eax", "set $eax = 7", "stepi", "print *(int*)0x7ce5"]
                + [
                    "monitor when", "monitor console", "reverse-stepi", "set var *(int*)0x7ce9 = 99",
                    "print *(int*)0x7ce9",
                ]
                + [
                    "continue", "print $pc", "monitor rejoin", "print $eax", "monitor when", "stepi",
                    "print *(int*)0x7ce5",
                ],
            ["--engine", "soft"],
            in: directory
        )
        let printed = output.matches(of: /\$\d+ = (\d+)/).map { String($0.output.1) }

        let seen = moments(output)
        #expect(seen.count == 3, "\(output)")
        #expect(Set(seen).count == 1)
        #expect(output.contains("the guest is changed: it leaves the recording at moment \(seen.first ?? "")"))
        #expect(output.contains("in a diversion from moment \(seen.first ?? "")"))
        #expect(output.contains("the guest is changed and has left the recording: monitor rejoin goes back"))
        #expect(output.contains("a changed guest does not run backwards"))
        // EAX, the counter that was stored, the changed variable; after rejoining, EAX and the counter again.
        #expect(printed.count == 5, "\(output)")
        #expect(printed.dropFirst().prefix(2).elementsEqual(["7", "99"]))
        #expect(printed.suffix(2).allSatisfy { $0 == printed.first })
    }

    @Test(.needsKVM) func kvmDoesNotRunAChangedGuest() throws {
        let directory = try recordedGuest("hello")

        let output = try debug(["set $eax = 7", "monitor when"], ["--engine", "kvm"], in: directory)

        #expect(output.contains("the guest cannot be changed: only the processor in software"), "\(output)")
        #expect(moments(output) == ["0"])
    }

    @Test func originOfAValueIsFollowedFromWhereTheGuestStands() throws {
        let directory = try recordedGuest("wrong-register")

        let output = try debug(
            ["monitor origin 0x600 2", "monitor origin cr3", "monitor when"],
            ["--at", "end", "--engine", "soft"],
            in: directory
        )

        #expect(output.contains("2 bytes at 0x600 at moment "), "\(output)")
        #expect(output.contains("input, event "))
        #expect(output.contains("in   port 0x3ff"))
        #expect(output.contains("the origin of cr3 cannot be followed"))
    }

    @Test func screenAndCallsAreShownAsTheyAreThen() throws {
        let directory = try recordedGuest("vga-text")

        let output = try debug(
            ["monitor screen", "monitor seek end", "monitor screen", "monitor calls 3", "monitor dmesg"],
            ["--at", "0", "--engine", "soft"],
            in: directory
        )
        let calls = try Command.run("trace", "trace.rrvm", "--calls", "--limit", "1000000", in: directory)

        let last = try #require(calls.output.split(separator: "\n").last).prefix { $0 != " " }
        #expect(output.contains("VGA text, line 1"), "\(output)")
        #expect(output.contains("          line 3, column 10"))
        #expect(output.contains("\n\(last) "), "\(last)")
        #expect(output.contains(" earlier ones since "))
        #expect(output.contains("no Linux kernel is running at this moment"))
    }

    @Test func symbolsComeFromTheTraceAndRunBeginsAgain() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Guest.named("hvt-hello").image, to: "hello.hvt")
        _ = try Command.run("record", "hello.hvt", "-o", "trace.rrvm", in: directory)
        let toText = ["continue", "monitor when"]

        let output = try debug(
            ["break put_text"] + toText + ["backtrace", "finish", "reverse-continue", "monitor when"]
                + ["set confirm off", "run", "monitor when"],
            in: directory
        )

        #expect(output.contains("in put_text ()"), "\(output)")
        #expect(output.contains("in unikernel ()"))
        let seen = moments(output)
        #expect(seen.count == 3)
        #expect(Set(seen).count == 1)
    }

    @Test func readsAreWatchedToo() throws {
        let directory = try recordedGuest("racy")

        let output = try debug(
            [
                "rwatch *(int*)0x7ce5", "continue", "monitor when", "reverse-continue", "monitor when",
                "monitor disasm 1",
            ],
            in: directory
        )

        // The main loop loads the counter before anybody has stored it.
        let seen = moments(output)
        #expect(output.contains("Hardware read watchpoint 1"), "\(output)")
        #expect(seen.count == 2)
        #expect(seen.first != seen.last)
        #expect(output.contains("mov eax, [0x7CE5]"))
    }

    @Test func aRunThatEndedByAFaultBeginsAtTheGuiltyInstruction() throws {
        let directory = try TemporaryDirectory()
        try directory.record("triple-fault", "--no-reboot")

        let output = try debug(["monitor when", "stepi", "monitor when", "reverse-stepi", "stepi"], in: directory)

        let seen = moments(output)
        #expect(seen.count == 2)
        #expect(seen.first == seen.last)
        #expect(output.contains("No more reverse-execution history."))
    }

    @Test(arguments: ["long-mode", "protected"])
    func theArchitectureIsTheGuests(_ guest: String) throws {
        let directory = try recordedGuest(guest)

        let output = try debug(["continue", "show architecture", "info registers", "print/x $cr0"], in: directory)

        #expect(output.contains(guest == "long-mode" ? "i386:x86-64" : "i386"), "\(output)")
        #expect(output.contains(guest == "long-mode" ? "\nrax " : "\neax "))
        #expect(output.contains("\nefer "))
    }

    @Test func monitorHasTheWordsOfTheCommandLine() throws {
        let directory = try recordedGuest("hello")

        let output = try debug(
            [
                "monitor seek end", "monitor console", "monitor events 2", "monitor checkpoint", "monitor restart",
                "monitor restart 1", "monitor seek 5+1", "monitor xp 0x7c00 2", "monitor disasm 1", "monitor tea",
                "monitor seek yesterday", "monitor seek 5+100000", "monitor when",
            ],
            in: directory
        )

        #expect(output.contains("next: ") == false)
        #expect(output.contains("checkpoint 1 at moment"))
        #expect(output.contains("0x7c00: fa 31"))
        #expect(output.contains("'tea' is no command"))
        #expect(output.contains("'yesterday' is not a moment"))
        #expect(output.contains("there is no moment 5+100000"))
        #expect(moments(output).last == "5+1")
    }

    @Test func anInterruptStopsALongWayBack() throws {
        let directory = try recordedGuest("pit-ticks")
        // Packets bc and ?, and Ctrl-C right behind the first.
        let packets = #"+$QStartNoAckMode#b0$bc#c5\003$?#3f"#

        let result = try Command.shell("printf '\(packets)' | $0 gdbserver trace.rrvm --stdio --at end", in: directory)

        #expect(result.output.hasSuffix("$T02thread:1;#d4$T02thread:1;#d4"), "\(result.output)")
        #expect(result.status == 0)
    }

    @Test func aClientFindsTheServerAtASocketAndThatIsAllThatItMakes() throws {
        let directory = try recordedGuest("hello")

        let result = try Command.shell(
            """
            "$0" gdbserver trace.rrvm --socket s 2>messages & \
            until [[ -S s ]]; do sleep 0.05; done; \
            gdb -nx -batch -ex 'target extended-remote s' -ex 'stepi' -ex 'detach'; wait; ls s; cat messages
            """,
            in: directory
        )

        #expect(result.output.contains("0x00007c01"), "\(result.output) \(result.messages)")
        #expect(result.output.contains("waiting for a debugger: target extended-remote s"))
        #expect(result.messages.contains("cannot access 's'"))
    }

    @Test func onePlaceToWaitAtIsEnough() throws {
        let directory = try TemporaryDirectory()
        let result = try Command.run("gdbserver", "x.rrvm", "--port", "0", "--stdio", in: directory)
        #expect(result.status == 64)
        #expect(try Command.run("debug", "x.rrvm", in: directory).status == 66)
    }
}
