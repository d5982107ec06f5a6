import ByteCoding
import EndToEnd
import SystemPackage
import Testing

@testable import TraceFormat

/// What a trace's end says of the leaves of CPUID that the guest has read.
@Suite struct ReadLeavesTests {
    private static func decode(_ bytes: [UInt8]) throws -> EndRecord {
        // Behind a halt.
        let end: [UInt8] = [1] + bytes
        return try EndRecord(decoding: end.rawSpan)
    }

    private static let most = Set((0..<UInt32(Limits.readLeaves)).map { UInt32.max - $0 })

    @Test(arguments: [nil, [], [0, 1, 7, 0x8000_0001], most] as [Set<UInt32>?], [[:], ["fwait": 1]])
    func theyComeBackWithTheirOutcome(leaves: Set<UInt32>?, completed: [String: UInt64]) throws {
        let directory = try TemporaryDirectory()
        let writer = try TraceWriter(path: directory.file("a"), header: .sample)

        try writer.finish(.halted, completedInstructions: completed, readLeaves: leaves, time: 3)

        let reader = try TraceReader(path: directory.file("a"))
        #expect(reader.isComplete && reader.outcome == .halted)
        #expect(reader.readLeaves == leaves && reader.completedInstructions == completed)
        #expect(try TraceInfo(reader).readLeaves == leaves)
        #expect(throws: Never.self) { try reader.check() }
    }

    @Test(
        arguments: [
            // One that is missing, twice the same, a wrong order, more than there may be, more behind them.
            [0, 1],
            [0, 2, 7, 0, 0, 0, 7, 0, 0, 0],
            [0, 2, 7, 0, 0, 0, 1, 0, 0, 0],
            [0, 0x81, 2] + [UInt8](repeating: 1, count: 2000),
            [0, 1, 7, 0, 0, 0, 0],
        ]
    )
    func leavesThatNoWriterMakesAreRefused(bytes: [UInt8]) {
        #expect(throws: ByteCodingError.self) { try Self.decode(bytes) }
    }

    @Test(.enabled(if: IndependentReader.isAvailable, "needs python3-lz4, python3-xxhash and python3-zstandard"))
    func theIndependentReaderListsThem() throws {
        let directory = try TemporaryDirectory()
        let writer = try TraceWriter(path: directory.file("a"), header: .sample)
        try writer.finish(.halted, completedInstructions: ["fwait": 1], readLeaves: [7, 0x8000_0001], time: 3)

        let lines = try IndependentReader.run([directory.file("a").string, "--leaves"])

        #expect(lines == ["{\"leaf\":\"0x7\"}", "{\"leaf\":\"0x80000001\"}"])
    }

    @Test func aCopyKeepsThemOrTakesOthers() throws {
        let directory = try TemporaryDirectory()
        let writer = try TraceWriter(path: directory.file("a"), header: .sample)
        try writer.finish(.halted, readLeaves: [1, 7], time: 3)
        let reader = try TraceReader(path: directory.file("a"))

        try reader.copy(to: directory.file("kept"))
        try reader.copy(to: directory.file("other"), options: TraceCopyOptions(readLeaves: [0]))

        #expect(try TraceReader(path: directory.file("kept")).readLeaves == [1, 7])
        #expect(try TraceReader(path: directory.file("other")).readLeaves == [0])
    }
}
