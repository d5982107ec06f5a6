import EndToEnd
import Foundation
import Testing

/// `--symbols`: names and source lines that are not in the trace.
@Suite struct SymbolTests {
    private func trace(_ name: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace(name)
        _ = try Command.shell("mv \(name) trace.rrvm", in: directory)
        return directory
    }

    private func addList(_ text: String, to directory: borrowing TemporaryDirectory) throws {
        try directory.write(Array(text.utf8), to: "list")
    }

    @Test func namesAreShownAndCanBeUsed() throws {
        let directory = try trace("hello.rrvm")
        try addList("0000000000007c00 T begin\n0000000000007c17 t leave\n", to: directory)

        let events = try Command.run(
            "events",
            "trace.rrvm",
            "--from",
            "43",
            "--to",
            "43",
            "--symbols",
            "list",
            in: directory
        )
        let code = try Command.run("inspect", "trace.rrvm", "--mem", "leave", "1", "--symbols", "list", in: directory)

        #expect(events.output == "43  0.001  out  port 0xf4 size 1 value 0x0  at rip 0x7c17 <leave>\n", "\(events)")
        #expect(code.output.contains("memory at 0x7c17\n"), "\(code)")
    }

    @Test func packedTraceHasThemItself() throws {
        let directory = try trace("hello.rrvm")
        try addList("0000000000007c17 t leave\n", to: directory)

        let packed = try Command.run("pack", "trace.rrvm", "-o", "packed.rrvm", "--symbols", "list", in: directory)
        let events = try Command.run("events", "packed.rrvm", "--from", "43", "--to", "43", in: directory)

        #expect(packed.status == 0, "\(packed)")
        #expect(events.output.hasSuffix(" <leave>\n"), "\(events)")
    }

    @Test func aRecordingIsGivenThem() throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")
        try addList("0000000000007c17 t leave\n0000000000007c00 T begin\n", to: directory)

        let options = ["--flat", "--engine", "soft", "--symbols", "list", "-o", "trace.rrvm"]
        let recording = try Command(["record", "hello.bin"] + options, in: directory).wait()
        let events = try Command.run("events", "trace.rrvm", "--kind", "portWrite", in: directory)
        let missing = try Command.run("record", "hello.bin", "--flat", "--symbols", "none", in: directory)

        #expect(recording.status == 0, "\(recording)")
        #expect(events.output.contains("at rip 0x7c34 <leave+0x1d>\n"), "\(events)")
        #expect(events.output.hasSuffix(" <leave>\n"), "\(events)")
        #expect(missing.status == 66, "\(missing)")
        #expect(try !directory.names.contains("hello.0.rrvm"))
    }

    /// A program is made so that it is where the guest executes, which it is not: its build id is elsewhere.
    @Test(.needsClang) func sourceLinesAreShownAndAnotherProgramIsNoticed() throws {
        let directory = try trace("hvt-abort.rrvm")
        try directory.write(Array("void _start(void) { __asm__(\".skip 64\"); }\n".utf8), to: "guest.c")
        let made = try Command.shell(
            """
            clang -g -O0 -ffreestanding -nostdlib -static -fuse-ld=lld -Wl,--build-id=0x0123456789abcdef,--image-base=0x100000 \
            -Wl,-Ttext=0x100160 -o guest guest.c
            """,
            in: directory
        )
        try #require(made.status == 0, "\(made)")

        let shown = try Command.run("inspect", "trace.rrvm", "--disasm", "1", "--symbols", "guest", in: directory)

        #expect(shown.output.contains("0x100161  <_start+0x1 at guest.c:1>  "), "\(shown)")
        #expect(
            shown.messages.hasPrefix(
                "rr-vm: note: guest is not the program in the guest, or is elsewhere there: its build id"
            ),
            "\(shown)"
        )
    }

    @Test(.needsClang) func fileThatMayBeAnywhereNeedsAnAddress() throws {
        let directory = try trace("hvt-abort.rrvm")
        let made = try Command.shell(
            "echo 'void run(void) { __asm__(\".skip 64\"); }' >m.c && clang -g -O0 -ffreestanding -c -o m@1.o m.c",
            in: directory
        )
        try #require(made.status == 0, "\(made)")

        let refused = try Command.run("inspect", "trace.rrvm", "--disasm", "1", "--symbols", "m@1.o", in: directory)
        let shown = try Command.run(
            "inspect",
            "trace.rrvm",
            "--disasm",
            "1",
            "--symbols",
            "m@1.o@0x100160",
            in: directory
        )

        #expect(refused.status == 64)
        #expect(
            refused.messages
                == "rr-vm: --symbols m@1.o: the file does not say where the guest has it: write m@1.o@ADDRESS\n"
        )
        #expect(shown.output.contains("0x100161  <run+0x1 at m.c:1>  "), "\(shown)")
    }

    @Test(arguments: [
        ("trace.rrvm", 65, "--symbols trace.rrvm: neither a program (not a valid ELF file) nor a list like System.map"),
        ("nothing", 66, "cannot read symbols nothing: No such file or directory"),
        ("list@12", 64, "--symbols list: a list of symbols says where they are, so leave out @ADDRESS"),
        (
            "list@here", 64,
            "--symbols list@here: 'here' is no address: write it in hexadecimal, as in @0xffffffffc0000000"
        ),
        (".", 66, "symbols . is a directory: name the image file in it"),
    ])
    func whatIsOfNoUseIsRefused(argument: String, status: Int32, message: String) throws {
        let directory = try trace("hello.rrvm")
        try addList("0000000000007c17 t leave\n", to: directory)

        let refused = try Command.run("inspect", "trace.rrvm", "--symbols", argument, in: directory)

        #expect(refused.status == status && refused.messages == "rr-vm: \(message)\n", "\(refused)")
    }
}
