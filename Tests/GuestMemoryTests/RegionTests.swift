import GuestMemory
import Testing
import X86

@Suite("Regions of memory")
struct RegionTests {
    @Test(
        "a region contains what ends at its last byte, and nothing beyond",
        arguments: [(0x1FFC, true), (0x1FFD, false)] as [(UInt64, Bool)]
    )
    func ends(address: UInt64, expected: Bool) {
        let region = GuestMemory.Region(address: GuestPhysicalAddress(0x1000), size: 4096)

        #expect(region.contains(GuestPhysicalAddress(address), count: 4) == expected)
    }
}
