import Testing
import X86

@testable import GuestMemory

/// Walks over tables laid out by hand: entries as (address, value), of 4 or 8 bytes.
@Suite struct PageWalkTests {
    private static let present: UInt64 = 0x1
    private static let large: UInt64 = 0x81

    private static func translate(
        _ address: UInt64,
        _ entries: [(UInt64, UInt64)],
        bytes: Int,
        _ change: (inout ProcessorState.ControlRegisters) -> Void
    ) throws -> UInt64? {
        let memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 1 << 20)])
        for (place, value) in entries {
            let encoded = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
            try memory.write(encoded, at: GuestPhysicalAddress(place))
        }
        var state = ProcessorState()
        state.control.cr0 = 0x8000_0001
        change(&state.control)
        return memory.translate(GuestVirtualAddress(address), in: state)?.rawValue
    }

    @Test(
        arguments: [
            (UInt64(0x0040_3ABC), UInt64(0x0002_2ABC)),  // directory entry 1, table entry 3
            (0x0080_5678, 0x00C0_5678),  // directory entry 2: a page of 4 MiB
            (0x00C0_0010, 0x12_0040_0010),  // directory entry 3: one above 4 GiB
        ]
    )
    func of32BitPaging(address: UInt64, target: UInt64) throws {
        let entries: [(UInt64, UInt64)] = [
            (0x1004, 0x2000 | Self.present), (0x200C, 0x2_2000 | Self.present), (0x1008, 0x00C0_0000 | Self.large),
            (0x100C, 0x0040_0000 | 0x12 << 13 | Self.large),
        ]
        #expect(
            try Self.translate(address, entries, bytes: 4) {
                $0.cr3 = 0x1018
                $0.cr4 = 0x10
            } == target
        )
    }

    @Test func withoutPageSizeExtensionsTheSizeBitMeansNothing() throws {
        let entries: [(UInt64, UInt64)] = [(0x1004, 0x2000 | Self.large), (0x200C, 0x2_2000 | Self.present)]
        #expect(try Self.translate(0x40_3ABC, entries, bytes: 4) { $0.cr3 = 0x1000 } == 0x2_2ABC)
    }

    @Test(
        arguments: [
            (UInt64(0x4020_3ABC), UInt64(0x1_0002_2ABC)),  // pointer 1, directory entry 1, table entry 3
            (0x4040_5678, 0xA0_5678),  // pointer 1, directory entry 2: a page of 2 MiB
        ]
    )
    func ofPAEPaging(address: UInt64, target: UInt64) throws {
        // CR3 is aligned to 32 bytes only.
        let entries: [(UInt64, UInt64)] = [
            (0x1028, 0x2000 | Self.present), (0x2008, 0x3000 | Self.present), (0x3018, 0x1_0002_2000 | Self.present),
            (0x2010, 0xA0_0000 | Self.large),
        ]
        #expect(
            try Self.translate(address, entries, bytes: 8) {
                $0.cr3 = 0x1020
                $0.cr4 = 0x20
            } == target
        )
    }

    @Test(
        arguments: [
            (UInt64(0xFFFF_8000_0020_3ABC), UInt64(0x12_3456_7ABC)),  // 256, 0, 1, 3
            (0xFFFF_8000_0040_5678, 0xA0_5678),  // 256, 0, 2: a page of 2 MiB
            (0xFFFF_8000_4123_4567, 0x8123_4567),  // 256, 1: a page of 1 GiB
        ]
    )
    func ofFourLevels(address: UInt64, target: UInt64) throws {
        let entries: [(UInt64, UInt64)] = [
            (0x1800, 0x2000 | Self.present), (0x2000, 0x3000 | Self.present), (0x3008, 0x4000 | Self.present),
            // No-execute and the ignored bits above the address are no part of it.
            (0x4018, 0x8000_0000_0000_0000 | 0x7FF0_0000_0000_0000 | 0x12_3456_7000 | Self.present),
            (0x3010, 0xA0_0000 | Self.large), (0x2008, 0x8000_0000 | Self.large),
        ]
        #expect(
            try Self.translate(address, entries, bytes: 8) {
                $0.cr3 = 0x1000
                $0.cr4 = 0x20
                $0.efer = 0x500
            } == target
        )
    }

    @Test(arguments: [UInt64(0xFFFF_8000_0020_4000), 0xFFFF_8000_8000_0000, 0x1000])
    func whatIsNotPresentIsNotMapped(address: UInt64) throws {
        let entries: [(UInt64, UInt64)] = [
            (0x1800, 0x2000 | Self.present), (0x2000, 0x3000 | Self.present), (0x3008, 0x4000 | Self.present),
        ]
        #expect(
            try Self.translate(address, entries, bytes: 8) {
                $0.cr3 = 0x1000
                $0.cr4 = 0x20
                $0.efer = 0x500
            } == nil
        )
    }

    @Test func aTableOutsideMemoryMapsNothing() throws {
        let entries: [(UInt64, UInt64)] = [(0x1000, 0xFFFF_FFFF_F000 | Self.present)]
        #expect(
            try Self.translate(0, entries, bytes: 8) {
                $0.cr3 = 0x1000
                $0.cr4 = 0x20
                $0.efer = 0x500
            } == nil
        )
    }

    @Test func withPagingOffAddressesAreTheirOwn() throws {
        #expect(try Self.translate(0x1234, [], bytes: 8) { $0.cr0 = 1 } == 0x1234)
    }
}
