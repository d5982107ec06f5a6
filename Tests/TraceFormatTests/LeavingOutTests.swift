import ByteCoding
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// Copies with fewer keyframes than the recording has.
@Suite struct LeavingOutTests {
    @Test(arguments: [(1, 12), (21, 12), (22, 7), (.max, 7)] as [(UInt64, Int)])
    func keyframesOfExecutionAreLeftOutAndTheOthersHoldTheSameStates(events: UInt64, kept: Int) throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeLarge(to: directory.file("a"))
        let whole = try TraceReader(path: directory.file("a"))
        let spacing = KeyframeSpacing(milliseconds: nil, events: events)

        try whole.copy(to: directory.file("b"), options: TraceCopyOptions(spacing: spacing))

        let copy = try TraceReader(path: directory.file("b"))
        try copy.check()
        #expect(copy.keyframeCount == kept)
        #expect(copy.events == whole.events)
        for number in 0..<copy.keyframeCount {
            var (ours, theirs) = (try copy.keyframe(number), try original(of: copy.keyframeEntry(number), in: whole))
            #expect(ours.state == theirs.state && ours.digest == theirs.digest)
            #expect(ours.position == theirs.position)
            for page in 0..<20 as Range<UInt64> {
                let address = GuestPhysicalAddress(page * 4096)
                #expect(try ours.memory.page(at: address) == theirs.memory.page(at: address), "\(number), \(page)")
            }
        }
        // Whatever happened to the guest still has its number.
        let differences = try TraceDiff(whole, copy)
        #expect(differences.firstEvents == nil && differences.equalEvents == whole.eventCount)
    }

    @Test func timeBoundsTheDistanceToo() throws {
        let directory = try TemporaryDirectory()
        var writer = try TraceWriter(path: directory.file("a"), header: .sample)
        for time in stride(from: 0, through: 1000, by: 100) as StrideThrough<UInt32> {
            let state = ProcessorState()
            writer.appendKeyframe(.synchronous, state: state, digest: StateDigest(of: state), time: time)
        }
        try writer.finish(.halted, time: 1000)
        let spacing = KeyframeSpacing(milliseconds: 250, events: nil)

        let copied = try TraceReader(path: directory.file("a"))
            .copy(to: directory.file("b"), options: TraceCopyOptions(spacing: spacing))

        // 0, 300, 600, 900, and the last.
        #expect(copied.keyframeCount == 5)
        #expect(try TraceReader(path: directory.file("b")).keyframes.map(\.event.rawValue) == [0, 3, 6, 9, 10])
    }

    private func original(of entry: KeyframeEntry, in whole: TraceReader) throws -> Keyframe {
        try whole.keyframe(whole.keyframe(atOrBefore: entry.event) ?? 0)
    }
}
