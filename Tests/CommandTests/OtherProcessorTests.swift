import EndToEnd
import Testing
import TraceFormat
import X86

/// Traces whose recorded processor this host shows otherwise.
@Suite(.needsKVM) struct OtherProcessorTests {
    /// A recording that says that CPUID showed OSXSAVE from the start, which no processor does before the guest sets CR4.
    private func record(in directory: borrowing TemporaryDirectory) throws {
        try directory.record("hello")
        let reader = try TraceReader(path: directory.file("trace.rrvm"))
        var changes = TraceChanges()
        changes.header = { header in
            for index in header.processor.cpuid.indices where header.processor.cpuid[index].function == 1 {
                header.processor.cpuid[index].ecx ^= 1 << 27
            }
        }
        _ = try reader.copy(to: directory.file("other.rrvm"), changes: changes)
    }

    @Test(arguments: ["verify", "replay", "check", "inspect", "bisect"])
    func itIsRefusedUnlessItIsAllowed(command: String) throws {
        let directory = try TemporaryDirectory()
        try record(in: directory)

        let refused = try Command.run(command, "other.rrvm", "--engine", "kvm", in: directory)
        let allowed = try Command.run(command, "other.rrvm", "--cpu-mismatch", "allow", in: directory)

        #expect(refused.status == 69)
        #expect(refused.messages.contains("CPUID leaf 0x1.0 ecx"), "\(refused.messages)")
        #expect(allowed.status == 0, "\(allowed.messages)")
    }

    @Test(arguments: ["verify", "replay", "check", "inspect --at 3", "bisect"])
    func softwareReplaysItUnlessKVMIsAskedFor(command: String) throws {
        let directory = try TemporaryDirectory()
        try record(in: directory)

        let result = try Command.shell("\"$0\" \(command) other.rrvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        #expect(
            result.messages.contains("software executes the guest, because this host cannot show"),
            "\(result.messages)"
        )
        #expect(result.messages.contains("CPUID leaf 0x1.0 ecx"), "\(result.messages)")
    }

    @Test(arguments: ["verify", "replay", "check"])
    func whatDiffersIsSaid(command: String) throws {
        let directory = try TemporaryDirectory()
        try record(in: directory)

        let allowed = try Command.run(command, "other.rrvm", "--cpu-mismatch", "allow", in: directory)

        #expect((allowed.output + allowed.messages).contains("CPUID leaf 0x1.0 ecx"), "\(allowed.output)")
    }

    @Test func aDifferenceIsFoundAllTheSame() throws {
        let directory = try TemporaryDirectory()
        try record(in: directory)
        let reader = try TraceReader(path: directory.file("other.rrvm"))
        var changes = TraceChanges()
        changes.events = { events in
            for index in events.indices {
                guard case .portWrite(var write) = events[index].event else { continue }
                write.value ^= 1
                events[index].event = .portWrite(write)
                return
            }
        }
        _ = try reader.copy(to: directory.file("planted.rrvm"), changes: changes)

        let result = try Command.run("verify", "planted.rrvm", "--cpu-mismatch", "allow", in: directory)

        #expect(result.status == 1)
    }
}
