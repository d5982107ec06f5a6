import EndToEnd
import Testing

/// What the command line says of itself, and to a command line that makes no sense.
@Suite struct HelpTests {
    @Test(arguments: ["run", "record", "replay", "verify", "info", "events", "redact"])
    func everyCommandExplainsItself(name: String) throws {
        let result = try Command.run(name, "--help", in: TemporaryDirectory())

        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: rr-vm \(name)"))
        #expect(result.messages.isEmpty)
    }
}
