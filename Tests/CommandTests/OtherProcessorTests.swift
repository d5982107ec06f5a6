import EndToEnd
import Engine
import Testing
import TraceFormat
import X86

/// Traces whose recorded processor this host shows otherwise.
@Suite(.needsKVM) struct OtherProcessorTests {
    /// A recording that says that CPUID showed OSXSAVE from the start, which no processor does before the guest sets CR4.
    private func record(in directory: borrowing TemporaryDirectory) throws {
        try directory.record("hello")
        try plant(in: directory)
    }

    private func plant(
        _ change: @escaping (inout CPUIDEntry) -> Void = { $0.ecx ^= 1 << 27 },
        in directory: borrowing TemporaryDirectory
    ) throws {
        let reader = try TraceReader(path: directory.file("trace.rrvm"))
        var changes = TraceChanges()
        changes.header = { header in
            for index in header.processor.cpuid.indices where header.processor.cpuid[index].function == 1 {
                change(&header.processor.cpuid[index])
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

    /// The same of a guest that software executed, which sees what CPUID is asked for.
    private func recordInSoftware(_ name: String, in directory: borrowing TemporaryDirectory) throws {
        try directory.record(name, "--engine", "soft", "--keyframes", "every=250ms,interrupts")
        try plant(in: directory)
    }

    @Test(arguments: ["verify", "replay", "check"])
    func aLeafThatTheGuestNeverReadsIsInNobodysWay(command: String) throws {
        let directory = try TemporaryDirectory()
        try recordInSoftware("hello", in: directory)

        let result = try Command.run(command, "other.rrvm", "--engine", "kvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        let said = result.output + result.messages
        #expect(said.contains("CPUID differs from the recording in leaves that the guest never reads: 0x1"), "\(said)")
    }

    @Test(arguments: ["verify", "replay", "check"])
    func aLeafThatTheGuestReadsIs(command: String) throws {
        let directory = try TemporaryDirectory()
        try recordInSoftware("cpuid", in: directory)

        let result = try Command.run(command, "other.rrvm", "--engine", "kvm", in: directory)

        #expect(result.status == 69)
        #expect(result.messages.contains("CPUID leaf 0x1.0 ecx"), "\(result.messages)")
        #expect(result.messages.contains("the guest has read this leaf"), "\(result.messages)")
    }

    @Test func aReplayInSoftwareFindsOutWhatTheGuestReads() throws {
        let directory = try TemporaryDirectory()
        try record(in: directory)

        let unknown = try Command.run("check", "other.rrvm", "--engine", "kvm", in: directory)
        let counted = try Command.run("verify", "other.rrvm", "--annotate", "-o", "counted.rrvm", in: directory)
        let known = try Command.run("check", "counted.rrvm", "--engine", "kvm", in: directory)

        #expect(unknown.status == 69)
        #expect(unknown.output.contains("does not say which leaves of CPUID its guest reads"), "\(unknown.output)")
        #expect(counted.status == 0, "\(counted.messages)")
        #expect(known.status == 0, "\(known.messages)")
    }

    @Test(arguments: ["verify", "replay", "check"])
    func bitsBeyondThePortableProfileMayDiffer(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello", "--cpu", "portable")
        try plant(in: directory)

        let result = try Command.run(command, "other.rrvm", "--engine", "kvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        let said = result.output + result.messages
        #expect(said.contains("CPUID differs from the recording in bits beyond the portable profile: "), "\(said)")
    }

    @Test func bitsOfThePortableProfileMayNot() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello", "--cpu", "portable")
        // The APIC's bit, which KVM derives from the APIC's base address.
        try plant({ $0.edx ^= 1 << 9 }, in: directory)

        let result = try Command.run("check", "other.rrvm", "--engine", "kvm", in: directory)

        #expect(result.status == 69)
        #expect(result.messages.contains("CPUID leaf 0x1.0 edx: this host shows bit 9 (APIC)"), "\(result.messages)")
    }

    @Test func softwareShowsThePortableProfileExactly() throws {
        let directory = try TemporaryDirectory()
        try directory.record("cpuid", "--cpu", "portable", "--engine", "soft")

        let header = try TraceReader(path: directory.file("trace.rrvm")).header

        #expect(header.processor.cpuid == ProcessorProfile.portable.cpuid)
        #expect(header.notes.isEmpty)
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
