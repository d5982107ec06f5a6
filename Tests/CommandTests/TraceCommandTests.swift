import EndToEnd
import Foundation
import Testing
import TraceFormat

/// `rr-vm trace`, on recordings of software: no test here needs KVM.
@Suite struct TraceCommandTests {
    private static func recorded(_ guest: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.record(guest, "--engine", "soft")
        return directory
    }

    @Test func callsAreATree() throws {
        let directory = try Self.recorded("racy")

        let result = try Command.run("trace", "trace.rrvm", "--calls", "--limit", "100000", in: directory)

        let lines = result.output.split(separator: "\n")
        #expect(result.status == 0, "\(result)")
        #expect(result.messages.isEmpty, "\(result.messages)")
        #expect(lines.contains { $0.contains("  interrupt 0x20 to ") })
        #expect(lines.contains { $0.contains("  return from interrupt to ") && $0.contains("  after ") })
        #expect(lines.contains { $0.contains("    call ") || $0.contains("  call ") })
        #expect(!result.output.contains("unknown"))
    }

    @Test func perfettoGetsSlicesThatEnd() throws {
        let directory = try Self.recorded("racy")

        let text = try Command.run(
            "trace",
            "trace.rrvm",
            "--calls",
            "--format",
            "perfetto",
            "--limit",
            "100000",
            in: directory
        ).output

        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let events = try #require(object["traceEvents"] as? [[String: Any]])
        let begun = events.count { $0["ph"] as? String == "B" }
        #expect(begun > 5)
        #expect(begun == events.count { $0["ph"] as? String == "E" })
        let times = events.compactMap { $0["ts"] as? Double }
        #expect(times == times.sorted())
    }

    @Test func instructionsShowWhatTheyChange() throws {
        let directory = try Self.recorded("hello")

        let result = try Command.run("trace", "trace.rrvm", "--instructions", "--to", "0+5", in: directory)

        let lines = result.output.split(separator: "\n")
        #expect(result.status == 0, "\(result)")
        #expect(lines.count == 5, "\(result.output)")
        #expect(lines[0].hasPrefix("0               0x7c00  "), "\(lines[0])")
        #expect(lines[4].hasPrefix("0+4 "), "\(lines[4])")
        #expect(lines.contains { $0.contains("  rflags 0x") || $0.contains("  rax 0x") || $0.contains("  rsp 0x") })
    }

    @Test func writesSayWhoWroteWhat() throws {
        let directory = try Self.recorded("racy")

        let result = try Command.run("trace", "trace.rrvm", "--writes", "0x7bfa", "--len", "6", in: directory)

        let lines = result.output.split(separator: "\n")
        #expect(result.status == 0, "\(result)")
        #expect(lines.count > 4)
        #expect(lines.contains { $0.contains("delivery of event") }, "\(result.output)")
        #expect(lines.allSatisfy { $0.contains(" -> ") })
    }

    @Test func interruptsAreThoseOfTheTrace() throws {
        let directory = try Self.recorded("racy")
        let events = try Command.run("events", "trace.rrvm", "--kind", "interrupt", in: directory).output

        let result = try Command.run("trace", "trace.rrvm", "--interrupts", in: directory)

        #expect(result.status == 0, "\(result)")
        #expect(result.output.split(separator: "\n").count == events.split(separator: "\n").count)
        #expect(!result.output.isEmpty)
    }

    @Test func exceptionsSayWhatTheyAre() throws {
        let directory = try TemporaryDirectory()
        try directory.add("bad-gates")
        _ = try Command.run("record", "bad-gates.bin", "--engine", "soft", "-o", "trace.rrvm", in: directory)

        let result = try Command.run("trace", "trace.rrvm", "--exceptions", in: directory)

        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("exception #GP error 0x"), "\(result.output)")
        #expect(!result.output.contains("call "))
    }

    @Test func longListEndsAndSaysSo() throws {
        let directory = try Self.recorded("hello")

        let result = try Command.run("trace", "trace.rrvm", "--instructions", "--limit", "7", in: directory)

        #expect(result.status == 0)
        #expect(result.output.split(separator: "\n").count == 7)
        #expect(
            result.messages == "rr-vm: note: the list ends at moment 0+6 after 7 lines: --limit N lists more\n",
            "\(result.messages)"
        )
    }

    @Test(
        arguments: [
            [], ["--calls", "--instructions"], ["--calls", "--limit", "0"], ["--calls", "--depth", "0"],
            ["--instructions", "--depth", "1"], ["--instructions", "--format", "perfetto"], ["--calls", "--len", "4"],
            ["--calls", "--engine", "kvm"], ["--calls", "--from", "9", "--to", "3"], ["--calls", "--from", "nonsense"],
            ["--calls", "--to", "999999"], ["--writes", "0x500", "--len", "0"], ["--writes", "0xfffffff0", "--phys"],
            ["--writes", "1 +"], ["--instructions", "--from", "0+99999999"],
        ]
    )
    func listThatCanNotBeIsAUsageError(options: [String]) throws {
        let directory = try Self.recorded("hello")

        let result = try Command(["trace", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 64, "\(result)")
        #expect(result.output.isEmpty, "\(result.output)")
        #expect(result.messages.hasPrefix("rr-vm: "), "\(result.messages)")
    }
}
