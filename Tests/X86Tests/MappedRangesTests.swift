import Testing
import X86

/// What the guest's paging maps, in tables laid out by hand: every mode of paging.
@Suite struct MappedRangesTests {
    private static let present: UInt64 = 0x1
    private static let large: UInt64 = 0x81

    /// A mode of paging with tables in it, the entries by address, and what they map: linear, physical, bytes.
    struct Layout: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var control: ProcessorState.ControlRegisters
        var entries: [UInt64: UInt64]
        var ranges: [[UInt64]]
    }

    static let layouts = [
        Layout(
            testDescription: "32-bit",
            control: .paging(cr3: 0x1000, cr4: 0x10, efer: 0),
            entries: [
                0x1000: 0x2000 | present, 0x200C: 0x5000 | present, 0x2010: 0x6000 | present, 0x2014: 0x8000 | present,
                0x1FFC: 0x0080_0000 | large,
            ],
            ranges: [[0x3000, 0x5000, 0x2000], [0x5000, 0x8000, 0x1000], [0xFFC0_0000, 0x0080_0000, 0x40_0000]]
        ),
        Layout(
            testDescription: "PAE",
            control: .paging(cr3: 0x1020, cr4: 0x20, efer: 0),
            entries: [
                0x1028: 0x2000 | present, 0x2008: 0x3000 | present, 0x2010: 0x40_0000 | large, 0x3018: 0x5000 | present,
            ],
            ranges: [[0x4020_3000, 0x5000, 0x1000], [0x4040_0000, 0x40_0000, 0x20_0000]]
        ),
        Layout(
            testDescription: "4 levels, with a page of each size, in the upper half",
            control: .paging(cr3: 0x1000, cr4: 0x20, efer: 0x500),
            entries: [
                0x1FF8: 0x2000 | present, 0x2000: 0x3000 | present, 0x2008: 0x4000_0000 | large,
                0x3008: 0x4000 | present,
                0x3010: 0x20_0000 | large, 0x4FF8: 0x1F_F000 | present,
            ],
            ranges: [
                [0xFFFF_FF80_003F_F000, 0x1F_F000, 0x20_1000], [0xFFFF_FF80_4000_0000, 0x4000_0000, 0x4000_0000],
            ]
        ),
        Layout(
            testDescription: "5 levels",
            control: .paging(cr3: 0x6000, cr4: 0x1020, efer: 0x500),
            entries: [
                0x6800: 0x1000 | present, 0x1800: 0x2000 | present, 0x2000: 0x3000 | present, 0x3008: 0x4000 | present,
                0x4018: 0x5000 | present,
            ],
            ranges: [[0xFF00_8000_0020_3000, 0x5000, 0x1000]]
        ),
    ]

    private func ranges(_ control: ProcessorState.ControlRegisters, _ entries: [UInt64: UInt64]) -> [[UInt64]] {
        var state = ProcessorState()
        state.control = control
        return state.mappedRanges { address, _ in entries[address.rawValue] ?? 0 }
            .map { [$0.linear.rawValue, $0.physical.rawValue, $0.byteCount] }
    }

    @Test(arguments: layouts) func everyModeOfPagingIsFollowed(layout: Layout) {
        #expect(ranges(layout.control, layout.entries) == layout.ranges)
    }

    @Test(arguments: layouts) func whatIsMappedIsWhatTranslationFinds(layout: Layout) throws {
        var state = ProcessorState()
        state.control = layout.control

        for range in state.mappedRanges(readTable: { address, _ in layout.entries[address.rawValue] ?? 0 }) {
            for offset in [0, range.byteCount / 2, range.byteCount - 1] {
                let linear = GuestVirtualAddress(range.linear.rawValue + offset)
                let found = state.translate(linear) { address, _ in layout.entries[address.rawValue] ?? 0 }
                #expect(found?.rawValue == range.physical.rawValue + offset)
            }
        }
    }

    @Test func withoutPagingThereIsNone() {
        var control = Self.layouts[2].control
        control.cr0 = 1
        #expect(ranges(control, Self.layouts[2].entries).isEmpty)
    }

    @Test func tableThatNamesItselfEverywhereIsFollowedAFewTimes() {
        var visits = 0
        var state = ProcessorState()
        state.control = Self.layouts[2].control

        let ranges = state.mappedRanges { _, _ in
            visits += 1
            return 0x1000 | Self.present
        }

        #expect(visits <= 16 * 512)
        #expect(!ranges.isEmpty && ranges.count <= 16 * 512)
    }
}
