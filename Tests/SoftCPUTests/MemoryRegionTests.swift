import Testing
import X86

@testable import SoftCPU

@Suite("Regions of memory")
struct MemoryRegionTests {
    @Test(
        "a region contains what ends at its last byte, and nothing beyond",
        arguments: [(0x1FFC, true), (0x1FFD, false)]
    )
    func ends(address: UInt64, expected: Bool) {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 4096)
        defer { unsafe bytes.deallocate() }
        let region = unsafe MemoryRegion(address: GuestPhysicalAddress(0x1000), size: 4096, host: bytes)

        let contains = region.contains(address, count: 4)

        #expect(contains == expected)
    }
}
