import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// Keyframes that would make a reader use more memory or time than their file is worth.
@Suite struct HostileKeyframeTests {
    @Test func aTableInPartsIsReadWhereAllIsRight() throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let parts = [
            KeyframeRecord.TablePart(firstPage: 1, position: try forged.addTable(pages: 1...9)),
            KeyframeRecord.TablePart(firstPage: 10, position: try forged.addTable(pages: 10...0x9F)),
            KeyframeRecord.TablePart(firstPage: 0xE0, position: try forged.addTable(pages: 0xE0...0x7FF)),
        ]
        try forged.addKeyframe(0, parts: parts, changedPages: 0x9F + 0x720)
        try forged.save(to: directory.file("a"))

        let keyframe = try TraceReader(path: directory.file("a")).keyframe(0)

        #expect(keyframe.changedPages.map { $0.rawValue / 4096 } == Array(1...0x9F) + Array(0xE0...0x7FF))
    }

    /// Sixteen thousand parts, and all the same chunk: a file of a kilobyte, and memory of eight gigabytes.
    @Test(arguments: [0, 1])
    func oneTableForManyPartsIsRefused(step: UInt64) throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let position = try forged.addTable(pages: 1...1000)
        let parts = (0..<10).map { KeyframeRecord.TablePart(firstPage: 1 + UInt64($0), position: position - $0 * step) }
        try forged.addKeyframe(0, parts: parts, changedPages: 1000)
        try forged.save(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        #expect(reader.keyframeCount == 0)
        #expect(reader.missing?.contains("table distance has the invalid value") == true)
    }

    @Test(arguments: [2, 5] as [UInt64], [1, 3, 6] as [UInt64])
    func partsThatListOtherPagesThanTheirKeyframeSaysAreRefused(first: UInt64, second: UInt64) throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        // Either the second part begins too early for the first, or one of them does not begin where it is said to.
        let parts = [
            KeyframeRecord.TablePart(firstPage: 2, position: try forged.addTable(pages: first...8)),
            KeyframeRecord.TablePart(firstPage: 6, position: try forged.addTable(pages: second...9)),
        ]
        try forged.addKeyframe(0, parts: parts, changedPages: Int(9 - first + 10 - second))
        try forged.save(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        let error = #expect(throws: TraceError.self) { try reader.keyframe(0) }
        #expect(error?.description.hasSuffix("it does not list the pages that its keyframe says") == true)
    }

    @Test(arguments: [0xA0, 0xDF, 0x800, 0xFFF_FFFF, 0x1000_0000] as [UInt64])
    func aPageOutsideMemoryIsRefused(page: UInt64) throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let parts = [KeyframeRecord.TablePart(firstPage: 0x10, position: try forged.addTable(pages: [0x10, page]))]
        try forged.addKeyframe(0, parts: parts, changedPages: 2)
        try forged.save(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        let error = #expect(throws: TraceError.self) { try reader.keyframe(0) }
        #expect(error?.description.contains("number of a page outside memory") == true)
    }

    @Test(arguments: [0, 2, 4, 1 << 28])
    func aCountOfChangedPagesThatIsNotTheTablesIsRefused(count: Int) throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let parts = [KeyframeRecord.TablePart(firstPage: 1, position: try forged.addTable(pages: 1...3))]
        try forged.addKeyframe(0, parts: parts, changedPages: count)
        try forged.save(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        let error = #expect(throws: TraceError.self) { try reader.keyframe(0) }
        #expect(error?.description.contains("it counts \(count) changed pages, but its page table lists 3") == true)
    }

    @Test func oneTableForTwoKeyframesIsRefused() throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let parts = [KeyframeRecord.TablePart(firstPage: 1, position: try forged.addTable(pages: 1...3))]
        try forged.addKeyframe(0, parts: parts, changedPages: 3)
        try forged.addKeyframe(1, parts: parts, changedPages: 3)
        try forged.save(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        #expect(try reader.keyframe(0).changedPages.count == 3)
        let error = #expect(throws: TraceError.self) { try reader.keyframe(1) }
        #expect(error?.description.hasSuffix("its page table is before the previous keyframe") == true)
    }
}
