import Testing

@testable import QuirkReport
@testable import SoftCPU

@Suite("What is measured of a processor")
struct QuirkReportTests {
    private static let report = QuirkReport.measured()

    /// The members of `Quirks` by the names that reports have for them.
    private static let members: [String: Quirks] = [
        "shiftsSetAdjust": .shiftsSetAdjust, "overflowOfFirstBit": .overflowOfFirstBit,
        "doubleShiftsTurn": .doubleShiftsTurn, "productsSetFlags": .productsSetFlags,
        "quotientsLeaveFlags": .quotientsLeaveFlags, "scansSetFlags": .scansSetFlags,
        "decimalOverflow": .decimalOverflow, "asciiSumFlags": .asciiSumFlags, "hintsNeedMemory": .hintsNeedMemory,
        "deviatingEstimates": .deviatingEstimates, "denormalsPass": .denormalsPass,
        "emptyPortStringsCheck": .emptyPortStringsCheck, "dotProductsByLane": .dotProductsByLane,
        "pointersOfErrors": .pointersOfErrors, "pointersOnlyWithErrors": .pointersOnlyWithErrors,
        "prefixesDecideLoops": .prefixesDecideLoops, "pausesExchange": .pausesExchange,
        "misalignedVectors": .misalignedVectors,
        "wholeDoubleShiftsOverflowAsCarry": .wholeDoubleShiftsOverflowAsCarry,
        "storesFaultFirst": .storesFaultFirst, "stackFaultsBeforeAlignment": .stackFaultsBeforeAlignment,
        "shortExtensionsReadWhole": .shortExtensionsReadWhole, "asciiWordFlags": .asciiWordFlags,
        "productsSetZero": .productsSetZero, "scansTestOperand": .scansTestOperand,
    ]

    /// What software does like Zen without anybody having measured it there.
    private static let unmeasuredOnZen: Quirks = [
        .decimalOverflow, .asciiSumFlags, .emptyPortStringsCheck, .dotProductsByLane, .pointersOfErrors,
        .pointersOnlyWithErrors, .prefixesDecideLoops, .pausesExchange, .misalignedVectors,
        .wholeDoubleShiftsOverflowAsCarry, .storesFaultFirst, .stackFaultsBeforeAlignment,
        .shortExtensionsReadWhole, .asciiWordFlags,
    ]
    /// The same for Intel, where software does as the manual's pseudocode suggests.
    private static let unmeasuredOnIntel: Quirks = [.asciiWordFlags]

    @Test("is a text that can be read back", .enabled(if: report != nil))
    func text() throws {
        let report = try #require(Self.report)

        #expect(QuirkReport(report.text) == report)
        #expect(QuirkReport("") == nil)
        #expect(QuirkReport(report.text + "quirk\n") == nil)
    }

    @Test("is what software does for the processor's line", .enabled(if: report != nil))
    func quirks() throws {
        let report = try #require(Self.report)
        let line = Quirks.measured(vendor: report.vendor, signature: report.signature)
        let unmeasured =
            line == .zen5
            ? [] : line == .intel ? Self.unmeasuredOnIntel : line == .zen ? Self.unmeasuredOnZen : Quirks(rawValue: ~0)

        let different = Self.members.filter { name, member in
            !unmeasured.contains(member)
                && report.value("quirk", name) != (line?.contains(member) == true ? "yes" : "no")
        }

        #expect(different.keys.sorted() == [])
    }

    @Test("has a line for each quirk, and rules for the flags of each instruction", .enabled(if: report != nil))
    func completeness() throws {
        let report = try #require(Self.report)

        let quirks = report.entries.filter { $0.kind == "quirk" }.map(\.name)
        #expect(Set(quirks) == Set(Self.members.keys))
        #expect(report.value("flags", "BSF 32 of 0")?.contains("ZF=1") == true)
        #expect(report.value("table", "RCPSS from 1")?.count == 4096 * 6)
    }
}
