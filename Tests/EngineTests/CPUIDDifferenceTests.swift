import Testing
import X86

@testable import Engine

@Suite struct CPUIDDifferenceTests {
    private static let asked = [
        CPUIDEntry(function: 1, eax: 1, ecx: 0b0110),
        CPUIDEntry(function: 7, index: 0, isIndexed: true, ebx: 4),
        CPUIDEntry(function: 7, index: 1, isIndexed: true, ebx: 5),
    ]

    @Test func equalTablesDoNotDiffer() {
        #expect(CPUIDDifference.between(asked: Self.asked, seen: Self.asked.reversed()).isEmpty)
    }

    @Test func bitsForcedOnAndOffAreToldApart() {
        var seen = Self.asked
        seen[0].ecx = 0b0011
        #expect(
            CPUIDDifference.between(asked: Self.asked, seen: seen) == [
                CPUIDDifference(leaf: 1, subleaf: 0, register: .ecx, forcedOn: 0b0001, forcedOff: 0b0100)
            ]
        )
    }

    @Test func onlyBitsOfAProfileCountWhereItDecides() {
        let profile = ProcessorProfile(name: "small", cpuid: [CPUIDEntry(function: 1, ecx: 0b0110)])
        var difference = CPUIDDifference(leaf: 1, subleaf: 0, register: .ecx, forcedOn: 0b1001, forcedOff: 0b0100)

        #expect(difference.limited(to: profile)?.description == "0x1.0 ecx -0x4")
        difference.forcedOff = 0
        #expect(difference.limited(to: profile) == nil)
        difference.leaf = 7
        #expect(difference.limited(to: profile) == nil)
    }

    @Test func aLeafThatWasReadIsSaid() {
        var difference = CPUIDDifference(leaf: 7, subleaf: 0, register: .ebx, forcedOn: 1 << 9, forcedOff: 0)
        let words = "CPUID leaf 0x7.0 ebx: this host shows bit 9 (ERMS), the recording's host did not"

        #expect(difference.explanation == words)
        difference.wasRead = true
        #expect(difference.explanation == "\(words); the guest has read this leaf")
    }

    @Test func aLeafThatIsMissingOrAddedCountsAsZeros() {
        let seen = [Self.asked[0], Self.asked[1], CPUIDEntry(function: 0xD, eax: 7)]
        #expect(
            CPUIDDifference.between(asked: Self.asked, seen: seen).map(\.description) == [
                "0x7.1 ebx -0x5", "0xd.0 eax +0x7",
            ]
        )
    }
}
