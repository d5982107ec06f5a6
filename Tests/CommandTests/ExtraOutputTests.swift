import EndToEnd
import Testing

/// What is printed at the end of a run beside the guest's console, where it is asked for.
@Suite(.needsKVM) struct ExtraOutputTests {
    /// Ends with code 0: xor %ax, %ax; out %al, $0xF4.
    private static let exit: [UInt8] = [0x31, 0xC0, 0xE6, 0xF4]

    @Test(arguments: ["record", "run"])
    func accessesThatNobodyClaimsAreListed(command: String) throws {
        let directory = try TemporaryDirectory()
        // mov $0x9999, %dx; in (%dx), %al; out %al, (%dx), twice.
        try directory.write([0xBA, 0x99, 0x99, 0xEC, 0xEE, 0xEE] + Self.exit, to: "guest.bin")

        let result = try Command.run(command, "guest.bin", "--flat", "--log-unclaimed", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output == "reads of port 0x9999: 1\nwrites to port 0x9999: 2\n")
    }

    @Test func nothingIsListedWhereEveryAccessIsClaimed() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.exit, to: "guest.bin")

        let asked = try Command.run("run", "guest.bin", "--flat", "--log-unclaimed", in: directory)
        let unasked = try Command.run("run", "guest.bin", "--flat", in: directory)

        #expect(asked.output == "no access was unclaimed\n")
        #expect(unasked.output.isEmpty)
    }

    @Test(arguments: ["record", "run"])
    func screenShowsWhatTheGuestWroteToTextMemory(command: String) throws {
        let directory = try TemporaryDirectory()
        // mov $0xB800, %ax; mov %ax, %es; then "Hi" in the first line and "!" in the third: movw $..., %es:...
        let code: [UInt8] = [
            0xB8, 0x00, 0xB8, 0x8E, 0xC0, 0x26, 0xC7, 0x06, 0x00, 0x00, 0x48, 0x07, 0x26, 0xC7, 0x06, 0x02, 0x00, 0x69,
            0x07,
            0x26, 0xC7, 0x06, 0x40, 0x01, 0x21, 0x07,
        ]
        try directory.write(code + Self.exit, to: "guest.bin")

        let result = try Command.run(command, "guest.bin", "--flat", "--screen", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output == "Hi\n\n!\n")
    }
}
