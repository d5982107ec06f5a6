import ByteCoding
import Foundation
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// How many instructions were executed before each event, in traces of engines that count them.
@Suite struct InstructionCountTests {
    @Test func countsComeBackWithEveryEvent() throws {
        let directory = try TemporaryDirectory()
        try Self.write(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))
        try reader.check()

        #expect(TraceContents(directory.file("a")).events.map(\.instructions) == Self.expected)
        #expect(reader.outcome == .halted)
    }

    @Test func tracesWithoutCountsHaveNone() throws {
        let directory = try TemporaryDirectory()
        try Self.write(to: directory.file("a"), header: .sample)

        #expect(TraceContents(directory.file("a")).events.allSatisfy { $0.instructions == nil })
    }

    @Test(.enabled(if: IndependentReader.isAvailable)) func theIndependentReaderPrintsThem() throws {
        let directory = try TemporaryDirectory()
        try Self.write(to: directory.file("a"))

        let lines = try IndependentReader.run([directory.file("a").string])

        #expect(lines == TraceContents(directory.file("a")).events.map(\.json))
        #expect(lines[1].contains(#","instructions":5,"rip":"#), "\(lines[1])")
    }

    @Test func copiesKeepThem() throws {
        let directory = try TemporaryDirectory()
        try Self.write(to: directory.file("a"))
        let whole = try TraceReader(path: directory.file("a"))

        try whole.copy(
            to: directory.file("b"),
            options: TraceCopyOptions(spacing: KeyframeSpacing(milliseconds: nil, events: 1000))
        )

        #expect(try TraceReader(path: directory.file("b")).keyframeCount == 2)
        // The count of the keyframe that was left out is part of the last one's.
        let copied = TraceContents(directory.file("b")).events.map(\.instructions)
        #expect(copied == [0, 5, 1_000_000_000_000, 7, 0, 0, 0, 11, 9])
    }

    @Test func tracesThatDifferInNothingElseAreEqual() throws {
        let directory = try TemporaryDirectory()
        try Self.write(to: directory.file("a"))
        try Self.write(to: directory.file("b"), header: .sample)
        let (counted, plain) = (try TraceReader(path: directory.file("a")), try TraceReader(path: directory.file("b")))

        let differences = try TraceDiff(counted, plain)

        #expect(differences.firstEvents == nil && differences.firstKeyframes == nil)
        #expect(differences.fields.map(\.name) == ["engine"])
    }

    @Test(arguments: [(1 << 62) - 1, 1 << 62, .max] as [UInt64])
    func aCountNearWhereNumbersEndIsRefused(count: UInt64) throws {
        var encoder = EventChunkEncoder(countsInstructions: true)
        let record = EventRecord(.halt, rip: 1, time: 0, instructions: count, payload: 0)
        let payload = encoder.encode([record], payload: [])
        var chunk = EventChunk(countsInstructions: true)

        let result = Result { () throws(ByteCodingError) in try chunk.decode(payload.rawSpan, count: 1) }

        #expect(((try? result.get()) != nil) == (count < 1 << 62), "\(result)")
    }

    @Test func aChunkWithoutThePromisedCountsIsRefused() throws {
        var encoder = EventChunkEncoder()
        let payload = encoder.encode([EventRecord(.halt, rip: 1, time: 0, payload: 0)], payload: [])
        var chunk = EventChunk(countsInstructions: true)

        #expect(throws: ByteCodingError.self) { try chunk.decode(payload.rawSpan, count: 1) }
    }

    /// What ``write(to:header:)`` counts: the second part of a long access has none.
    private static let expected: [UInt64] = [0, 5, 1_000_000_000_000, 7, 0, 8, 0, 3, 9]

    private static var counting: TraceHeader {
        var header = TraceHeader.sample
        header.recording.engine = .software
        header.recording.countsInstructions = true
        return header
    }

    private static func write(to path: FilePath, header: TraceHeader = counting) throws {
        var writer = try TraceWriter(path: path, header: header)
        var memory = SampleMemory(seed: 21, pages: 2)
        writer.append(keyframe: 0, of: &memory)
        writer.append(.halt, rip: 1, time: 0, instructions: 5)
        let address = GuestPhysicalAddress(0x1000)
        writer.append(.interrupt(vector: 3), time: 0, instructions: 1_000_000_000_000)
        writer.append(
            .deviceWrite(address: address, bytes: .init(repeating: 1, count: 65537)),
            time: 1,
            instructions: 7
        )
        let state = ProcessorState()
        let digest = StateDigest(of: state, memory: memory.digest)
        writer.appendKeyframe(.synchronous, state: state, digest: digest, time: 1, instructions: 8)
        writer.append(.nonMaskableInterrupt, time: 1)
        writer.appendKeyframe(.synchronous, state: state, digest: digest, time: 1, instructions: 3)
        try writer.finish(.halted, time: 2, instructions: 9)
    }
}
