import EndToEnd
import Testing

/// `rr-vm bisect --first` and `verify --lockstep`, on recordings of software: no test here needs KVM.
@Suite struct InstructionGrainTests {
    private static func recorded(_ guest: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.record(guest, "--engine", "soft")
        return directory
    }

    @Test func firstInstructionIsFound() throws {
        let directory = try Self.recorded("hello")

        let found = try Command.run("bisect", "trace.rrvm", "--when", "rip > 0x7c00", "--first", in: directory)
        let never = try Command.run("bisect", "trace.rrvm", "--when", "rip == 0x1234", "--first", in: directory)

        #expect(found.output.hasPrefix("'rip > 0x7c00' becomes true at moment 0+1, after 0\n  0x7c00  "), "\(found)")
        #expect(never.status == 1)
        #expect(never.output == "'rip == 0x1234' is never true\n")
    }

    @Test func lockstepWithoutKVMComparesWithTheRecording() throws {
        let directory = try Self.recorded("hello")

        let alone = try Command.run("verify", "trace.rrvm", "--lockstep", "--engine", "soft", in: directory)
        let wrong = try Command.run("verify", "trace.rrvm", "--lockstep", "--jobs", "2", in: directory)

        #expect(alone.status == 0, "\(alone)")
        #expect(alone.messages.contains("software is compared with the recorded states"), "\(alone.messages)")
        #expect(alone.output.contains("divergences            0"))
        #expect(wrong.status == 64)
    }
}
