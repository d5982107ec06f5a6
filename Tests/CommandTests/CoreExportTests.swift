import EndToEnd
import Foundation
import Testing

/// `rr-vm export core`.
@Suite struct CoreExportTests {
    /// The value that `inspect` shows for a register at the same moment.
    private func register(_ name: String, _ options: [String], in directory: borrowing TemporaryDirectory) throws
        -> String
    {
        let arguments = ["inspect", "trace.rrvm", "--regs", "--json"] + options
        let output = try Command(arguments, in: directory).wait().output
        let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        return try #require((object?["registers"] as? [String: String])?[name])
    }

    private func trace(_ name: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.addCommittedTrace(name)
        _ = try Command.shell("mv \(name) trace.rrvm", in: directory)
        return directory
    }

    /// The end of a run is stored, the other moment must be gone to.
    @Test(.needsGDB, arguments: ["end", "4"])
    func gdbReadsRegistersAndMemoryOfAMoment(moment: String) throws {
        let directory = try trace("hvt-abort.rrvm")
        let options = ["--at", moment, "--engine", "soft", "--cpu-mismatch", "allow"]

        let made = try Command(["export", "core", "trace.rrvm", "-o", "core"] + options, in: directory).wait()
        let shown = try Command.shell(
            "gdb -nx -batch -ex 'p/x $rip' -ex 'p/x $rsp' -ex 'p/x $rbx' -ex 'x/2xb $rip' -c core",
            in: directory
        )

        #expect(made.status == 0, "\(made)")
        #expect(made.messages == "rr-vm: core: registers and memory at moment \(moment == "end" ? "8" : "4")\n")
        for (index, name) in ["rip", "rsp", "rbx"].enumerated() {
            #expect(
                shown.output.contains("$\(index + 1) = \(try register(name, options, in: directory))\n"),
                "\(shown)"
            )
        }
        let code = try Command(["inspect", "trace.rrvm", "--mem", "rip", "2"] + options, in: directory).wait().output
        let bytes = try #require(shown.output.split(separator: "\n").last).split(separator: "\t").suffix(2)
        #expect(code.contains(bytes.map { $0.dropFirst(2) }.joined(separator: " ")), "\(code) \(shown)")
    }

    @Test func aFileThatIsThereIsKept() throws {
        let directory = try trace("hvt-abort.rrvm")
        try directory.write([1], to: "trace.core")

        let refused = try Command.run("export", "core", "trace.rrvm", in: directory)

        #expect(refused.status == 73)
        #expect(refused.messages == "rr-vm: cannot create trace.core: it exists already\n")
        #expect(try directory.read("trace.core") == [1])
    }

    @Test func momentsAreForCoresAlone() throws {
        let directory = try trace("hello.rrvm")

        let refused = try Command.run("export", "csv", "trace.rrvm", "--at", "3", in: directory)

        #expect(refused.status == 64)
        #expect(refused.messages.contains("--at is for 'export core': csv shows the whole run, on standard output"))
    }
}
