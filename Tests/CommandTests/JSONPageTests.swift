import EndToEnd
import Foundation
import SystemPackage
import Testing

/// Every key that a command prints is in docs/json.md, with its type, and those that are said to be always there are.
@Suite struct JSONPageTests {
    /// A key as the page describes it.
    private struct Key {
        var type: String
        var isOptional: Bool
    }

    /// The keys of a section, by name.
    private static func keys(of command: String) throws -> [String: Key] {
        let page = try String(contentsOfFile: Checkout.root.appending("docs/json.md").string, encoding: .utf8)
        let sections = page.components(separatedBy: "\n## ")
        let section = try #require(sections.first { $0.hasPrefix("`rr-vm \(command)`") }, "\(command)")
        var keys: [String: Key] = [:]
        for line in section.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            for match in cells[0].matches(of: /`([A-Za-z]+)`( \?)?/) {
                keys[String(match.output.1)] = Key(type: cells[1], isOptional: match.output.2 != nil)
            }
        }
        return keys
    }

    private static func type(of value: Any) -> String {
        switch value {
        case is String: "string"
        // SAFETY: the encoding of a type is a string that ends with a zero and lives as long as the program.
        case let number as NSNumber: unsafe String(cString: number.objCType) == "c" ? "boolean" : "number"
        case is [Any]: "array"
        default: "object"
        }
    }

    @Test(
        arguments: [
            ("info --json", "info --json --counts"), ("events --json", "events --json"),
            (
                "inspect --json",
                "inspect --json --regs --mem 0x7c00 16 --disasm 2 --stack --backtrace --screen --console --pagetable rip"
                    + " --engine soft --cpu-mismatch allow"
            ),
            ("verify --json", "verify --json --engine soft --cpu-mismatch allow"),
            ("report --format json", "report --format json"),
            ("trace --format json", "trace --format json --calls --engine soft --cpu-mismatch allow"),
            (
                "trace --format json",
                "trace --format json --instructions --limit 500 --engine soft --cpu-mismatch allow"
            ),
            ("trace --format json", "trace --format json --writes 0x7bf0 --len 16 --engine soft --cpu-mismatch allow"),
        ]
    )
    func everyKeyIsOnThePage(command: String, line: String) throws {
        let keys = try Self.keys(of: command)
        let directory = try TemporaryDirectory()
        let replays = line.contains("--engine")
        // Traces of every kind of event; one that needs no processor of its own where it is replayed.
        for name in replays ? ["pit-ticks"] : ["pit-ticks", "hidden-reads", "mmio", "fw-dma", "hvt-time", "reboot"] {
            try directory.addCommittedTrace("\(name).rrvm")

            let result = try Command(line.split(separator: " ").map(String.init) + ["\(name).rrvm"], in: directory)
                .wait()

            #expect(result.status == 0, "\(result.messages)")
            try check(result.output, keys, command)
        }
    }

    @Test func everyKeyOfAListIsOnThePage() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("hello.rrvm")
        try directory.write([1], to: "bad.rrvm")

        let result = try Command.run("ls", "--json", in: directory)

        try check(result.output, Self.keys(of: "ls --json"), "ls")
    }

    @Test func everyKeyOfAnOriginIsOnThePage() throws {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace("pit-ticks.rrvm")

        let result = try Command.run(
            "origin",
            "pit-ticks.rrvm",
            "rax",
            "--json",
            "--cpu-mismatch",
            "allow",
            in: directory
        )

        try check(result.output, Self.keys(of: "origin --json"), "origin")
    }

    @Test(
        arguments: [
            ("last-write --json", "last-write pit-ticks.rrvm 0x7bf0 --json", 0),
            ("last-write --json", "last-write pit-ticks.rrvm 0x70000 --phys --json", 0),
            ("last-write --json", "watch pit-ticks.rrvm 0x7bfe --json", 0),
            ("last-write --json", "bisect pit-ticks.rrvm --when rip==0 --json", 1),
            ("last-write --json", "bisect pit-ticks.rrvm --when rip!=0 --json", 0),
            ("bisect A B --json", "bisect pit-ticks.rrvm pit-ticks.rrvm --json", 0),
            ("bisect A B --json", "bisect pit-ticks.rrvm hello.rrvm --json", 1),
        ]
    )
    func everyKeyOfASearchIsOnThePage(command: String, line: String, status: Int) throws {
        let keys = try Self.keys(of: command)
        let directory = try TemporaryDirectory()
        for name in ["pit-ticks", "hello"] { try directory.addCommittedTrace("\(name).rrvm") }
        let arguments = line.split(separator: " ").map(String.init)

        let result = try Command(arguments + ["--engine", "soft", "--cpu-mismatch", "allow"], in: directory).wait()

        #expect(result.status == status, "\(result)")
        try check(result.output, keys, command)
    }

    @Test(arguments: [("hello", 0), ("pit-ticks", 1)])
    func everyKeyOfADiffIsOnThePage(other: String, status: Int) throws {
        let directory = try TemporaryDirectory()
        for name in ["pit-ticks", "hello"] { try directory.addCommittedTrace("\(name).rrvm") }

        let result = try Command.run("diff", "--json", "hello.rrvm", "\(other).rrvm", in: directory)

        #expect(result.status == status, "\(result)")
        try check(result.output, Self.keys(of: "diff --json"), "diff")
    }

    private func check(_ output: String, _ keys: [String: Key], _ command: String) throws {
        let lines = output.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            for (name, value) in object {
                guard let key = keys[name] else {
                    Issue.record("\(command) prints '\(name)', which is not in docs/json.md")
                    continue
                }
                #expect(key.type == Self.type(of: value), "\(command): \(name)")
            }
            for (name, key) in keys where !key.isOptional { #expect(object[name] != nil, "\(command): \(name)") }
        }
    }
}
