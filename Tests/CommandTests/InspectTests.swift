import EndToEnd
import Foundation
import Testing
import TraceFormat

/// What `rr-vm inspect` shows.
@Suite(.needsKVM) struct InspectTests {
    @Test(
        arguments: [
            ([], ["registers", "code", "stack", "rip 0x"]),
            (["--at", "0"], ["moment 0, after event 0", "rip 0x7c00", "0x7c00  "]),
            (["--at", "3+1", "--regs"], ["moment 3+1", "gdt.limit", "cr8"]),
            (["--at", "0", "--mem", "0x7c00", "16"], ["memory at 0x7c00", "  0x7c00  "]),
            (["--at", "0", "--mem", "0x7c00", "16", "--phys"], ["physical memory at 0x7c00"]),
            (["--at", "0", "--mem", "rip + 2", "1 + 1"], ["memory at 0x7c02"]),
            (["--at", "0", "--disasm", "3"], ["code\n  0x7c00  "]),
            (["--at", "0", "--stack"], ["stack\n  0x"]),
            (["--at", "0", "--screen"], ["screen\n  nothing"]),
            (["--at", "console:hello", "--console"], ["console\nhello"]),
            (["--at", "console~h[a-z]+o", "--console"], ["console\nhello"]),
            (["--at", "port:0x3f8", "--console"], ["console\nh"]),
            (["--at", "-1", "--pagetable", "0x7c00"], ["page tables\n  paging is off\n  physical 0x7c00"]),
            (["--at", "0.001s", "--stack"], ["stack"]),
        ] as [([String], [String])]
    )
    func whatIsAskedForIsShown(options: [String], texts: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command(["inspect", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 0, "\(result.messages)")
        #expect(texts.allSatisfy(result.output.contains), "\(result.output)")
    }

    @Test func nothingElseIsShown() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.run("inspect", "trace.rrvm", "--at", "0", "--disasm", "2", in: directory)

        #expect(result.output.split(separator: "\n").count == 4, "\(result.output)")
    }

    @Test func jsonHasAnEntryForEachOption() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.run(
            "inspect",
            "trace.rrvm",
            "--at",
            "5",
            "--json",
            "--regs",
            "--mem",
            "0x7c00",
            "4",
            "--disasm",
            "2",
            "--stack",
            "--screen",
            "--console",
            "--pagetable",
            "0",
            in: directory
        )

        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let names = ["code", "console", "event", "memory", "moment", "pageTable", "registers", "screen", "stack"]
        #expect(object.keys.sorted() == names)
        #expect(object["moment"] as? String == "5")
        #expect((object["code"] as? [Any])?.count == 2)
    }

    @Test(
        arguments: [
            ["--at", "nonsense"], ["--at", "99999"], ["--at", "5+99999"], ["--at", "console:absent"],
            ["--at", "console~("],
            ["--mem", "0x7c00"], ["--mem", "0x7c00", "0"], ["--mem", "1 +", "4"], ["--mem", "1 / 0", "4"], ["--phys"],
            ["--mem", "0xfffffff0", "4", "--phys"], ["--disasm", "0"], ["--pagetable", "nonsense"],
        ]
    )
    func whatCanNotBeIsAUsageError(options: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command(["inspect", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 64, "\(result)")
        #expect(result.output.isEmpty)
        #expect(!result.messages.isEmpty)
    }

    @Test func aTraceThatIsNotThereIsNamed() throws {
        let directory = try TemporaryDirectory()

        let result = try Command.run("inspect", "absent.rrvm", in: directory)

        #expect(result.status == 66)
        #expect(result.messages.contains("absent.rrvm"))
    }
}
