import Testing
import X86

@testable import Engine

@Suite struct ProcessorProfileTests {
    /// A host that has everything: every leaf that means anything, all bits set.
    private static let everything =
        ([0x0...0x20, 0x4000_0000...0x4000_0010, 0x8000_0000...0x8000_0021] as [ClosedRange<UInt32>])
        .joined().map {
            CPUIDEntry(function: $0, eax: .max, ebx: .max, ecx: .max, edx: .max)
        }

    static let profiles = [ProcessorProfile.baseline, .portable, .host(supported: everything)]

    /// Features by which time, randomness or the host itself shows.
    private static let hidden: [(String, UInt32, CPUIDDifference.Register, Int)] = [
        ("TSC", 1, .edx, 4), ("MONITOR", 1, .ecx, 3), ("PDCM", 1, .ecx, 15),
        ("x2APIC", 1, .ecx, 21), ("TSC deadline", 1, .ecx, 24), ("RDRAND", 1, .ecx, 30),
        ("hypervisor", 1, .ecx, 31),
        ("APERF", 6, .ecx, 0), ("TSC_ADJUST", 7, .ebx, 1), ("RDSEED", 7, .ebx, 18),
        ("processor trace", 7, .ebx, 25),
        ("WAITPKG", 7, .ecx, 5), ("RDPID", 7, .ecx, 22), ("RDTSCP", 0x8000_0001, .edx, 27),
        ("invariant TSC", 0x8000_0007, .edx, 8),
    ]

    @Test(arguments: profiles)
    func noProfileShowsWhatWouldLetTimeOrRandomnessIn(profile: ProcessorProfile) {
        for (name, function, register, bit) in Self.hidden {
            let shown = profile.cpuid.filter {
                $0.function == function && $0.index == 0 && $0[keyPath: register.path] >> bit & 1 == 1
            }
            #expect(shown.isEmpty, "\(name) in \(profile.name)")
        }
    }

    @Test(arguments: profiles, [UInt32(0xA), 0x14, 0x15, 0x16, 0x4000_0000, 0x4000_0001])
    func noProfileShowsCountersOrFrequencies(profile: ProcessorProfile, leaf: UInt32) {
        #expect(!profile.cpuid.contains { $0.function == leaf })
    }

    @Test func theBaselineIsOneForEveryHost() throws {
        let first = try #require(ProcessorProfile.baseline.cpuid.first)
        #expect(first.function == 0)
        #expect(ProcessorProfile.baseline.signature == 0x106A3)
        let leaves = ProcessorProfile.baseline.cpuid.map(\.function)
        #expect(leaves.count == Set(leaves).count)
    }

    @Test func thePortableProfileShowsNothingBeyondTheBaseline() {
        let differences = CPUIDDifference.between(
            asked: ProcessorProfile.baseline.cpuid,
            seen: ProcessorProfile.portable.cpuid
        ).filter { !(0x8000_0002...0x8000_0004).contains($0.leaf) }

        // VME, SEP, MTRR, PSE36.
        #expect(differences.map(\.description) == ["0x1.0 edx -0x21802"])
        #expect(ProcessorProfile.portable.name == "portable")
    }

    @Test func aProfileWithoutLeaf1HasNoSignature() {
        #expect(ProcessorProfile(name: "none", cpuid: []).signature == 0)
    }
}
