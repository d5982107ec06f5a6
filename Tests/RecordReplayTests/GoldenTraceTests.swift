import EndToEnd
import KVMEngine
import Replayer
import SystemPackage
import Testing
import TraceFormat

/// The traces that come with the project: what was once written stays readable, and replays as it did.
@Suite struct GoldenTraceTests {
    /// Those that have their end.
    static let complete = Checkout.traces.filter { $0.stem != "cut-off" }

    /// Those whose processor this host can show a guest.
    static let replayable = Checkout.traces.filter { path in
        guard let reader = try? TraceReader(path: path), let check = try? HostCheck(reader, on: KVMProcessor.self)
        else {
            return false
        }
        return check.obstacles.isEmpty
    }

    @Test func thereAreSome() {
        #expect(Checkout.traces.count >= 3)
    }

    /// So that no kind of event that was written once is read by nothing.
    @Test func everyKindOfEventButTheRarestIsInOne() throws {
        let kinds = try Set(Checkout.traces.flatMap { try TraceReader(path: $0).allEvents().map(\.event.kind) })

        #expect(Set(Event.Kind.allCases).subtracting(kinds).isSubset(of: [.writeMSR, .halt, .nonMaskableInterrupt]))
    }

    @Test func traceThatIsCutOffIsReadAsFarAsItGoes() throws {
        let path = try #require(Checkout.traces.first { $0.stem == "cut-off" })

        let reader = try TraceReader(path: path)

        try reader.check()
        #expect(!reader.isComplete && reader.outcome == nil)
        #expect(reader.missing?.hasPrefix("the trace has no end") == true)
        #expect(try reader.allEvents().count == Int(reader.eventCount))
        #expect(reader.eventCount > 100 && reader.keyframeCount > 2)
    }

    @Test(arguments: complete)
    func traceIsReadable(path: FilePath) throws {
        let reader = try TraceReader(path: path)

        try reader.check()
        #expect(reader.isComplete)
        #expect(try reader.allEvents().count == Int(reader.eventCount))
        #expect(reader.outcome != nil)
    }

    @Test(.needsKVM, arguments: replayable)
    func traceReplays(path: FilePath) throws {
        let reader = try TraceReader(path: path)

        let report = try Replay(reader, landing: .portable).result.get()

        #expect(report.events == reader.eventCount)
        #expect(try report.digest == reader.keyframes.last?.digest)
    }
}
