import EndToEnd
import Foundation
import Testing

/// `rr-vm origin`, on recordings of software: no test here needs KVM.
@Suite struct OriginCommandTests {
    private static func recorded(_ guest: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.record(guest, "--engine", "soft")
        return directory
    }

    @Test func stepsLeadToTheInput() throws {
        let directory = try Self.recorded("wrong-register")

        let result = try Command.run("origin", "trace.rrvm", "0x600", "--len", "2", in: directory)

        let lines = result.output.split(separator: "\n")
        #expect(result.status == 0, "\(result)")
        #expect(result.messages.isEmpty, "\(result.messages)")
        #expect(lines.first == "2 bytes at 0x600 at moment \(try Self.lastMoment(in: directory)) = a5 22: by #1")
        #expect(lines.contains { $0.hasPrefix("#1  ") && $0.contains("mov [0x0600], ax") }, "\(result.output)")
        #expect(lines.contains { $0.contains("input, event ") && $0.contains("in   port 0x3ff") }, "\(result.output)")
        #expect(lines.contains { $0.contains("ah = 22") || $0.contains("a constant of the instruction") })
    }

    /// The name of the last event.
    private static func lastMoment(in directory: borrowing TemporaryDirectory) throws -> String {
        let events = try Command.run("events", "trace.rrvm", in: directory).output
        return try #require(events.split(separator: "\n").last?.split(separator: " ").first.map(String.init))
    }

    @Test func jsonHasTheSameSteps() throws {
        let directory = try Self.recorded("wrong-register")

        let result = try Command.run("origin", "trace.rrvm", "0x600", "--json", in: directory)

        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let steps = try #require(object["steps"] as? [[String: Any]])
        #expect(result.status == 0, "\(result)")
        #expect(steps.first?["kind"] as? String == "instruction")
        #expect(steps.last?["ends"] as? [String] == ["input"])
        #expect((steps.last?["events"] as? [Int])?.count == 1)
        let sources = try #require(steps.first?["sources"] as? [[String: Any]])
        #expect(sources.first?["name"] as? String == "al")
        #expect(sources.first?["steps"] as? [Int] == [2])
    }

    @Test(
        arguments: [
            (["nonsense"], "'nonsense' is neither a register nor a symbol"), (["cr3"], "cannot be followed"),
            (["rax", "--len", "4"], "rax is a register"), (["0xfffffff0"], "has no memory for"),
            (["rax", "--at", "999999"], "999999"), (["0x600", "--len", "0"], "--len must be"),
            (["rax", "--depth", "0"], "--depth must be"), (["rax", "--engine", "kvm"], "leave out --engine kvm"),
        ]
    )
    func questionThatCannotBeIsAUsageError(options: [String], message: String) throws {
        let directory = try Self.recorded("hello")

        let result = try Command(["origin", "trace.rrvm"] + options, in: directory).wait()

        #expect(result.status == 64, "\(result)")
        #expect(result.messages.contains(message), "\(result.messages)")
    }
}
