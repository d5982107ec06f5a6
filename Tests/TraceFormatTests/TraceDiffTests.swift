import ByteCoding
import Foundation
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// What two traces have in common and where they part.
@Suite struct TraceDiffTests {
    /// Three keyframes with three events each, and an end: 13 events.
    private static func write(
        _ directory: borrowing TemporaryDirectory,
        _ name: String,
        header change: (inout TraceHeader) -> Void = { _ in },
        rips: [Int: UInt64] = [:],
        digests: [Int: UInt64] = [:],
        leavingOut keyframe: Int? = nil,
        time: UInt32 = 0
    ) throws -> TraceReader {
        var header = TraceHeader.sample
        change(&header)
        var writer = try TraceWriter(path: directory.file(name), header: header)
        for number in 0..<3 {
            var state = ProcessorState()
            state.rip = digests[number] ?? 1
            if number == keyframe {
                writer.append(.leftOutKeyframe(in: header.machine), time: time)
            } else {
                writer.appendKeyframe(.synchronous, state: state, digest: StateDigest(of: state), time: time)
            }
            for event in 0..<3 { writer.append(.halt, rip: rips[4 * number + event + 1] ?? 7, time: time) }
        }
        try writer.finish(.halted, time: time)
        return try TraceReader(path: directory.file(name))
    }

    @Test func twoOfOneRunAreEqualWhateverTheHostsClockSays() throws {
        let directory = try TemporaryDirectory()
        let (left, right) = (try Self.write(directory, "a"), try Self.write(directory, "b", time: 99))

        let differences = try TraceDiff(left, right)

        #expect(differences.isEqual)
        #expect(differences.equalEvents == 13 && differences.equalKeyframes == 3)
    }

    @Test func theFirstEventThatDiffersIsNamedAndTheRestIsCounted() throws {
        let directory = try TemporaryDirectory()
        let left = try Self.write(directory, "a")
        let right = try Self.write(directory, "b", rips: [6: 8, 9: 8])

        let differences = try TraceDiff(left, right)

        #expect(!differences.isEqual)
        #expect(differences.firstEvents?.left?.ordinal == EventOrdinal(6))
        #expect(differences.firstEvents?.left?.rip == 7 && differences.firstEvents?.right?.rip == 8)
        #expect(differences.differentEvents == 2 && differences.equalEvents == 11)
    }

    @Test func whatTheHeadersSayIsShownInWords() throws {
        let directory = try TemporaryDirectory()
        var other = TraceHeader.sample
        other.processor.cpuid = [CPUIDEntry(function: 0x8000_0001, eax: 1, ebx: 2, ecx: 3, edx: 0xFF)]
        other.landing = .jump
        other.patches = []
        try TraceWriter(path: directory.file("a"), header: .sample).finish(.halted, time: 0)
        try TraceWriter(path: directory.file("b"), header: other).finish(.halted, time: 0)

        let left = try TraceReader(path: directory.file("a"))
        let fields = try TraceDiff(left, TraceReader(path: directory.file("b"))).fields

        #expect(
            fields == [
                .init(
                    name: "CPUID table",
                    left: "0: d 756e6547 6c65746e 49656e69; 4.1: 1 2 3 4",
                    right: "80000001: 1 2 3 ff"
                ),
                .init(name: "landing", left: "breakpoint", right: "jump"),
                .init(name: "code patches", left: "rdtscp at 0x7c10 by e6f690", right: "none"),
            ]
        )
    }

    @Test func wordsAreThoseOfTheFormatsPage() throws {
        let page = try String(
            contentsOfFile: IndependentReader.root.appending(path: "docs/trace-format.md").path,
            encoding: .utf8
        )

        for kind in Event.Kind.allCases { #expect(page.contains("| \(kind.rawValue) | \(kind.name) |")) }
        for word in KeyframePosition.allCases { #expect(page.contains("\(word.rawValue) \(word.name)")) }
        for word in HiddenInstruction.allCases {
            #expect(page.contains("\(word.rawValue) \(word.name.uppercased())"))
        }
    }

    @Test func aStateThatDiffersIsNamed() throws {
        let directory = try TemporaryDirectory()
        let left = try Self.write(directory, "a")
        let right = try Self.write(directory, "b", digests: [1: 5, 2: 5])

        let differences = try TraceDiff(left, right)

        #expect(!differences.isEqual)
        #expect(differences.firstKeyframes?.left == 1 && differences.firstKeyframes?.right == 1)
        #expect(differences.equalKeyframes == 1 && differences.differentKeyframes == 2)
        #expect(differences.firstEvents == nil)
    }

    @Test func aHeaderFieldThatDiffersIsNamedWithBothValues() throws {
        let directory = try TemporaryDirectory()
        let left = try Self.write(directory, "a")
        let right = try Self.write(directory, "b", header: { $0.chaosSeed = nil })

        let differences = try TraceDiff(left, right)

        #expect(!differences.isEqual)
        #expect(differences.fields == [.init(name: "chaos seed", left: "42", right: "none")])
    }

    @Test func aStretchIsComparedWithWhatItWasCutFrom() throws {
        let directory = try TemporaryDirectory()
        let whole = try Self.write(directory, "a")
        let events = EventOrdinal(5)...EventOrdinal(9)
        try whole.copy(to: directory.file("b"), options: TraceCopyOptions(events: events))

        let differences = try TraceDiff(whole, TraceReader(path: directory.file("b")))

        // From the keyframe at event 4 to event 9, and an end where the whole goes on.
        #expect(differences.equalEvents == 6 && differences.differentEvents == 1)
        #expect(differences.firstEvents?.right?.event == .end(.stopped(.cut)))
        #expect(differences.eventsOnlyLeft == 6 && differences.eventsOnlyRight == 0)
        #expect(differences.equalKeyframes == 2 && differences.unpairedKeyframes == 1)
    }

    @Test func aTraceThatEndsEarlierPartsThere() throws {
        let directory = try TemporaryDirectory()
        let whole = try Self.write(directory, "a")
        let file = try SpoiledFile(copying: directory.file("a"), to: directory.file("b"))
        let last = try whole.index.eventChunk(with: EventOrdinal(8)).position
        try file.truncate(to: Int(last))

        let differences = try TraceDiff(whole, TraceReader(path: directory.file("b")))

        #expect(!differences.isEqual)
        #expect(differences.firstEvents?.left?.ordinal == EventOrdinal(8))
        #expect(differences.firstEvents?.right == nil)
        #expect(differences.eventsOnlyLeft == 5)
    }

    @Test func aKeyframeThatOneLeftOutIsNoDifferenceInWhatHappened() throws {
        let directory = try TemporaryDirectory()
        let left = try Self.write(directory, "a")
        let right = try Self.write(directory, "b", leavingOut: 1)

        let differences = try TraceDiff(left, right)

        #expect(differences.firstEvents == nil && differences.differentEvents == 0)
        #expect(differences.equalKeyframes == 2 && differences.unpairedKeyframes == 1)
    }
}
