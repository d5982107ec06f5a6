import EndToEnd
import Replayer
import SystemPackage
import Testing
import TraceFormat

/// The traces that come with the project: what was once written stays readable, and replays as it did.
@Suite struct GoldenTraceTests {
    /// Those whose processor this host can show a guest.
    static let replayable = Checkout.traces.filter { path in
        guard let reader = try? TraceReader(path: path), let check = try? HostCheck(reader) else { return false }
        return check.obstacles.isEmpty
    }

    @Test func thereAreSome() {
        #expect(Checkout.traces.count >= 3)
    }

    @Test(arguments: Checkout.traces)
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
