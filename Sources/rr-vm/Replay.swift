import Dispatch
import Replayer
import Synchronization
import TraceFormat

/// One replay for a command: with its console, and with the right end where it differs.
enum Replay {
    /// Replays a trace on this host.
    ///
    /// - Returns: the report, and the seconds it took.
    static func run(
        _ reader: TraceReader,
        landing: Landing,
        showingConsole speed: ConsoleSpeed?
    ) throws(CommandFailure) -> (ReplayReport, seconds: Double) {
        let start = DispatchTime.now()
        let replayed = EventCounter()
        let line = ProgressLine("replaying") { replayed.value.load(ordering: .relaxed) }
        defer { line.end() }
        var console = ReplayedConsole(of: reader, speed, willShow: line.willShowConsole)
        let result: Result<ReplayReport, Divergence>
        do {
            var session = try ReplaySession(reader, landing: landing)
            result = try session.run { recorded in
                replayed.value.add(1, ordering: .relaxed)
                console.show(recorded)
            }
        } catch {
            console.flush()
            throw CommandFailure(error)
        }
        console.flush()
        switch result {
        case .success(let report):
            if let failure = console.failure { throw failure }
            return (report, Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9)
        case .failure(let divergence):
            throw CommandFailure(.different, "\(divergence)")
        }
    }
}

/// How far replays have come, for the line that shows it.
final class EventCounter: Sendable {
    let value = Atomic<UInt64>(0)
}

extension ReplayReport {
    /// One line for a person.
    func summary(seconds: Double) -> String {
        let jumps = epochsJumped == 0 ? "" : " (\(epochsJumped) by restoring, not by executing)"
        let end = outcome.map { "; \($0)" } ?? "; the trace has no end"
        return
            "\(Quantity.count(events)) events replayed in \(Quantity.seconds(seconds)), equal to the recording\(jumps)\(end)"
    }
}
