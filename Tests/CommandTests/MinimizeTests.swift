import EndToEnd
import Recorder
import SystemPackage
import Testing
import TraceFormat

/// The smallest run that still shows what a recorded one did.
@Suite(.needsKVM) struct MinimizeTests {
    @Test func consoleInputIsLeftOutWhereItDoesNotMatter() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Array("twelve bytes\n".utf8), to: "typed")
        try directory.record("uart-echo", "--input", "typed")
        let condition = "\(Command.executable) replay --quiet --console $RR_VM_TRACE | grep -q yt"

        let result = try Command.run("minimize", "trace.rrvm", "--while", condition, "-o", "small.rrvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output.contains("console bytes  13 -> 3\n"), "\(result.output)")
        let replay = try Command.run("replay", "small.rrvm", "--console", in: directory)
        #expect(replay.output == "> yt\n")
        #expect(replay.status == 0, "\(replay.messages)")
        #expect(try !directory.names.contains { $0.contains("candidate") })
    }

    @Test func interruptsAreLeftOutWhereTheyDoNotMatter() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.counter, to: "counter.bin")
        _ = try Command.run("record", "counter.bin", "--flat", "--memory", "1M", "-o", "trace.rrvm", in: directory)
        let original = try InputPlan(TraceReader(path: directory.file("trace.rrvm"))).size

        let result = try Command.run("minimize", "trace.rrvm", "-o", "small.rrvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        let small = try TraceReader(path: directory.file("small.rrvm"))
        #expect(original.interrupts > 2, "the guest is interrupted several times")
        #expect(try InputPlan(small).size.interrupts == 1, "\(result.output)")
        #expect(small.outcome == .exited(code: 1))
        #expect(try Command.run("verify", "small.rrvm", in: directory).status == 0)
    }

    @Test func lostUpdateOfARaceIsKept() throws {
        let directory = try TemporaryDirectory()
        try directory.record("racy", "--until-failure", "200")
        let original = try InputPlan(TraceReader(path: directory.file("trace.rrvm"))).size

        let result = try Command.run("minimize", "trace.rrvm", "-o", "small.rrvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        let small = try TraceReader(path: directory.file("small.rrvm"))
        #expect(small.outcome == .exited(code: 1))
        #expect(try InputPlan(small).size <= original)
    }

    @Test func runThatDoesNotPassAgainIsADifferenceAndLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.run("minimize", "trace.rrvm", "--while", "false", "-o", "small.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.messageLines.count == 1)
        #expect(try !directory.names.contains { $0.hasPrefix("small") })
    }

    @Test(
        arguments: [
            (["trace.rrvm", "-o", "trace.rrvm"], 73, "exists"),
            (["trace.rrvm", "-o", "x", "--drive", "disk"], 64, "without drives"),
            (["trace.rrvm", "-o", "x", "--tries", "0"], 64, "--tries"),
            (["trace.rrvm", "-o", "x", "--while", "kill -9 $$"], 69, "status 137"),
            (["missing.rrvm", "-o", "x"], 66, "missing.rrvm"),
        ] as [([String], Int32, String)]
    )
    func whatCanNotBeDoneIsSaid(arguments: [String], status: Int32, word: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command(["minimize"] + arguments, in: directory).wait()

        #expect(result.status == status, "\(result.messages)")
        #expect(result.messages.contains(word), "\(result.messages)")
        #expect(try !directory.names.contains("x"))
    }

    /// Counts to 16,000 in a loop without exits while the PIT ticks a thousand times a second; exits with 1 if it was
    /// interrupted at all.
    private static let counter: [UInt8] = [
        0x31, 0xC0,  // xor ax, ax
        0x8E, 0xD8,  // mov ds, ax
        0xC7, 0x06, 0x20, 0x00, 0x3C, 0x7C,  // mov word [0x20], handler
        0xC7, 0x06, 0x22, 0x00, 0x00, 0x00,  // mov word [0x22], 0
        0xB0, 0x11, 0xE6, 0x20,  // the first 8259: ICW1,
        0xB0, 0x08, 0xE6, 0x21,  // vectors from 8,
        0xB0, 0x04, 0xE6, 0x21,  // a second one at line 2,
        0xB0, 0x01, 0xE6, 0x21,  // 8086 mode,
        0xB0, 0xFE, 0xE6, 0x21,  // and all lines masked but the timer's
        0xB0, 0x34, 0xE6, 0x43,  // the 8254: counter 0, mode 2,
        0xB0, 0xA9, 0xE6, 0x40, 0xB0, 0x04, 0xE6, 0x40,  // 1193 ticks, 1 ms
        0xB9, 0x80, 0x3E,  // mov cx, 16000
        0xFB,  // sti
        0xE2, 0xFE,  // loop: loop to itself
        0xFA,  // cli
        0xA0, 0x02, 0x06,  // mov al, [0x602]
        0xE6, 0xF4,  // out 0xf4, al
        0xC6, 0x06, 0x02, 0x06, 0x01,  // handler: mov byte [0x602], 1
        0x50, 0xB0, 0x20, 0xE6, 0x20, 0x58,  // end of interrupt
        0xCF,  // iret
    ]
}
