import EndToEnd
import Testing

/// Guests and machines that cannot be: one line that says why, the right status, and nothing left behind.
@Suite(.needsKVM) struct BadGuestTests {
    @Test(
        arguments: [
            (["missing.bin"], 66, "missing.bin"),
            (["."], 66, "directory"),
            (["empty.bin"], 65, "empty"),
            (["--flat", "large.bin", "--memory", "1M"], 64, "--memory"),
            (
                ["--flat", "large.bin", "--memory", "2G"], 64,
                "only 608 KiB are free at 0x7c00; there is room for it at 1 MiB"
            ),
            (["--flat", "large.bin", "--mode", "long", "--at", "0x8000"], 64, "give --at 0x100000"),
            (["pipe"], 66, "not a regular file"),
            (["--bios", "odd.bin"], 65, "multiple of 4096"),
            (["loop"], 66, "loop"),
            (["hello.bin", "--cpu", "imaginary"], 66, "imaginary"),
            (["locked/hello.bin"], 66, "locked/hello.bin"),
        ]
    )
    func guestIsRefused(arguments: [String], status: Int, says: String) throws {
        for command in ["record", "run"] {
            let directory = try TemporaryDirectory()
            try directory.addBadGuests()
            let before = try directory.names
            // Without its capabilities, root may not read what its mode forbids either.
            let line = "\"$0\" \(command) \(arguments.joined(separator: " "))"
            let result = try Command.shell(
                "((EUID)) && exec \(line); exec setpriv --bounding-set -all --inh-caps -all \(line)",
                in: directory
            )
            #expect(result.status == Int32(status), "\(result.messages)")
            #expect(result.messages.contains(says), "\(result.messages)")
            #expect(result.messageLines.count == 1, "\(result.messages)")
            #expect(result.output.isEmpty)
            #expect(try directory.names == before)
        }
    }

    @Test(arguments: ["0", "1", "3K", "100T", "1000000T", "1025K", "18446744073709551615"])
    func impossibleMemorySizeIsRefused(size: String) throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let result = try Command.run("record", "hello.bin", "--memory", size, in: directory)

        #expect(result.status == 64, "\(result.messages)")
        #expect(result.messages.contains("memory"), "\(result.messages)")
        #expect(try directory.names == ["hello.bin"])
    }

    @Test(
        arguments: [
            ["--memory", "abc"], ["--memory", "-1"], ["--memory", "1.5G"], ["--memory", ""], ["--at", "0x10000"],
            ["--at", "top"], ["--max-time", "0"], ["--max-time", "nan"], ["--max-events", "0"],
            ["--until", ""], ["-o", ""], ["--flat", "--bios"], ["--sideways"], ["another.bin"],
        ]
    )
    func senselessOptionIsAUsageError(options: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let result = try Command(["record", "hello.bin"] + options, in: directory).wait()

        #expect(result.status == 64, "\(result.messages)")
        #expect(!result.messages.isEmpty)
        #expect(try directory.names == ["hello.bin"])
    }

    @Test(
        arguments: [
            (
                ["record", "hello.bin", "--max-time", "inf"],
                "--max-time must be above 0 and at most 1000000000 seconds"
            ),
            (["record", "hello.bin", "--ring", "20K"], "--ring needs at least 64K"),
            (["record", "hello.bin", "--ring", "0s"], "--ring needs a time above 0"),
            (["pack", "trace.rrvm", "-o", "end.rrvm", "--budget", "0"], "--budget needs a size above 0"),
        ]
    )
    func valueOutOfRangeIsToldItsRange(words: [String], message: String) throws {
        let directory = try TemporaryDirectory()
        try directory.add("hello")

        let result = try Command(words, in: directory).wait()

        #expect(result.status == 64, "\(result.messages)")
        #expect(result.messages.contains(message), "\(result.messages)")
        #expect(try directory.names == ["hello.bin"])
    }

    @Test(arguments: ["record", "run"])
    func guestMustBeNamed(command: String) throws {
        #expect(try Command.run(command, in: TemporaryDirectory()).status == 64)
    }
}

extension TemporaryDirectory {
    fileprivate func addBadGuests() throws {
        try add("hello")
        try write([], to: "empty.bin")
        try write([UInt8](repeating: 0x90, count: 2 << 20), to: "large.bin")
        try write([UInt8](repeating: 0x90, count: 5000), to: "odd.bin")
        _ = try Command.shell(
            "ln -s loop loop; mkdir locked; cp hello.bin locked; chmod 000 locked/*; mkfifo pipe",
            in: self
        )
    }
}
