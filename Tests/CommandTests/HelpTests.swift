import EndToEnd
import Testing

/// What the command line says of itself, and to a command line that makes no sense.
@Suite struct HelpTests {
    static let commands = [
        "doctor", "example", "run", "record", "replay", "verify", "check", "ls", "info", "events", "report", "inspect",
        "bisect",
        "debug", "gdbserver", "last-write", "watch", "origin", "trace", "minimize", "diff", "export", "bundle", "pack",
        "repair",
        "redact",
    ]

    @Test(arguments: commands)
    func everyCommandExplainsItself(name: String) throws {
        let result = try Command.run(name, "--help", in: TemporaryDirectory())

        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: rr-vm \(name)"))
        #expect(result.messages.isEmpty)
    }

    @Test func everyCommandIsListed() throws {
        let result = try Command.run("--help", in: TemporaryDirectory())

        let listed = result.output.matches(of: #/(?m)^  ([a-z-]+)  /#).map { String($0.output.1) }
        #expect(result.status == 0)
        #expect(Set(listed).isSuperset(of: Self.commands))
        #expect(listed.filter { !$0.hasPrefix("-") } == Self.commands)
    }

    @Test(
        arguments: [
            "run", "record", "replay", "verify", "check", "inspect", "bisect", "debug", "gdbserver", "last-write",
            "watch", "origin", "trace", "minimize", "redact",
        ]
    )
    func everyCommandThatMakesAMachineHasAChoiceOfEngines(name: String) throws {
        let result = try Command.run(name, "--engine", "steam", in: TemporaryDirectory())

        #expect(result.status == 64)
        #expect(result.messages.contains("'steam'"), "\(result.messages)")
        #expect(result.messages.contains("kvm"), "\(result.messages)")
    }

    @Test(arguments: commands)
    func optionThatIsNoneIsAUsageError(name: String) throws {
        let result = try Command.run(name, "--sideways", in: TemporaryDirectory())

        #expect(result.status == 64)
        #expect(result.output.isEmpty)
    }

    @Test func shellsCompleteFilesKindsAndMoments() throws {
        let script = try Command.run("--generate-completion-script", "bash", in: TemporaryDirectory()).output

        #expect(script.contains("hiddenRead") && script.contains("console:"))
        #expect(script.contains("add_completions -f"), "files")
    }
}
