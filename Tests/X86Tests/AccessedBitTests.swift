import Testing
import X86

/// Which bytes hold Accessed bits, in tables laid out by hand: every mode of paging.
@Suite struct AccessedBitTests {
    private static let present: UInt64 = 0x1
    private static let large: UInt64 = 0x81

    /// A mode of paging with tables in it: the entries by address, those that have an Accessed bit, and some that have none.
    struct Layout: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var control: ProcessorState.ControlRegisters
        var entries: [UInt64: UInt64]
        var accessed: Set<UInt64>
        var others: Set<UInt64>
    }

    static let layouts = [
        Layout(
            testDescription: "32-bit",
            control: .paging(cr3: 0x1000, cr4: 0x10, efer: 0),
            entries: [0x1000: 0x2000 | present, 0x1004: large, 0x1008: 0x20, 0x200C: 0x5000 | present],
            accessed: [0x1000, 0x1004, 0x200C],
            others: [0x1008, 0x500C]
        ),
        Layout(
            testDescription: "PAE",
            control: .paging(cr3: 0x1020, cr4: 0x20, efer: 0),
            entries: [0x1028: 0x2000 | present, 0x2008: 0x3000 | present, 0x2010: large, 0x3018: 0x5000 | present],
            accessed: [0x2008, 0x2010, 0x3018],
            others: [0x1028, 0x5000]
        ),
        Layout(
            testDescription: "4 levels",
            control: .paging(cr3: 0x1000, cr4: 0x20, efer: 0x500),
            entries: [
                0x1800: 0x2000 | present, 0x2000: 0x3000 | present, 0x2008: large, 0x3008: 0x4000 | present,
                0x3010: large, 0x4018: 0x5000 | present,
            ],
            accessed: [0x1800, 0x2000, 0x2008, 0x3008, 0x3010, 0x4018],
            others: [0x1000, 0x5018]
        ),
        Layout(
            testDescription: "5 levels",
            control: .paging(cr3: 0x6000, cr4: 0x1020, efer: 0x500),
            entries: [
                0x6000: 0x1000 | present, 0x1800: 0x2000 | present, 0x2000: 0x3000 | present, 0x3008: 0x4000 | present,
                0x4018: 0x5000 | present,
            ],
            accessed: [0x6000, 0x1800, 0x2000, 0x3008, 0x4018],
            others: [0x6008, 0x5018]
        ),
    ]

    private func accessed(_ layout: Layout, among places: Set<UInt64>) -> Set<UInt64> {
        var state = ProcessorState()
        state.control = layout.control
        let found = state.accessedBits(among: Set(places.map { GuestPhysicalAddress($0) })) { address, _ in
            address.rawValue < 0x1_0000 ? layout.entries[address.rawValue] ?? 0 : nil
        }
        return Set(found.map(\.rawValue))
    }

    @Test(arguments: layouts)
    func presentEntriesOfReachableTablesHaveOne(layout: Layout) {
        #expect(accessed(layout, among: layout.accessed) == layout.accessed)
    }

    @Test(arguments: layouts)
    func otherBytesHaveNone(layout: Layout) {
        #expect(accessed(layout, among: layout.others.union(layout.accessed)) == layout.accessed)
    }

    @Test(arguments: layouts)
    func onlyEntriesThatLeadToPagesHaveADirtyBit(layout: Layout) {
        var state = ProcessorState()
        state.control = layout.control
        let places = Set(layout.accessed.map { GuestPhysicalAddress($0) })

        let found = state.accessedBits(among: places, dirty: places) { address, _ in
            address.rawValue < 0x1_0000 ? layout.entries[address.rawValue] ?? 0 : nil
        }

        // A table's entry leads on if other entries are where it leads.
        let tables = Set(layout.entries.keys.map { $0 & ~0xFFF })
        let leading = layout.accessed.filter { place in
            layout.entries[place].map { tables.contains($0 & ~0xFFF) && $0 & 0x80 == 0 } ?? false
        }
        #expect(Set(found.map(\.rawValue)) == layout.accessed.subtracting(leading))
        #expect(!leading.isEmpty)
    }

    @Test func aTableThatNamesItselfIsVisitedOnceForEachLevel() {
        var layout = Self.layouts[2]
        layout.entries = [0x1FF8: 0x1000 | Self.present]
        #expect(accessed(layout, among: [0x1FF8, 0x1000]) == [0x1FF8])
    }

    @Test func aTableOutsideMemoryHasNone() {
        var layout = Self.layouts[2]
        layout.entries = [0x1000: 0xFFFF_FFFF_F000 | Self.present]
        #expect(accessed(layout, among: [0x1000, 0xFFFF_FFFF_F000]) == [0x1000])
    }

    @Test func withPagingOffThereIsNone() {
        var layout = Self.layouts[2]
        layout.control.cr0 = 1
        #expect(accessed(layout, among: layout.accessed).isEmpty)
    }

    @Test(
        arguments: [
            (UInt8(0x63), UInt8(0x43), 8, true), (0x43, 0x63, 4, true), (0x63, 0x43, 9, false), (0x63, 0x23, 8, false),
            (0x63, 0x63, 8, false), (0x63, 0x42, 8, false),
        ]
    )
    func onlyTheBitItselfAtAnEntrysFirstByteIsExplained(one: UInt8, other: UInt8, offset: Int, isExplained: Bool) {
        #expect(AccessedBit.mayExplain(one, other, at: offset) == isExplained)
    }

    @Test(arguments: [(UInt8(0x63), UInt8(0x03), true), (0x43, 0x03, true), (0x63, 0x43, true), (0xE3, 0x03, false)])
    func theDirtyBitIsExplainedWhereItMayBeSetEarly(one: UInt8, other: UInt8, isExplained: Bool) {
        #expect(AccessedBit.mayExplain(one, other, at: 8, withDirty: true) == isExplained)
    }
}
