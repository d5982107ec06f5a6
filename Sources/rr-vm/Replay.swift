import Engine
import Engines
import Replayer
import Reports
import TraceFormat

/// One replay for a command: it shows the console, and ends the command with a failure if the replay differs.
enum Replay {
    /// Replays a trace on this host.
    ///
    /// - Parameter counts: takes the instructions before each event, from an engine that counts them.
    /// - Returns: the report, and the seconds it took.
    static func run(
        _ reader: TraceReader,
        on engine: EngineChoice,
        landing: Landing,
        showingConsole speed: ConsoleSpeed?,
        counting counts: InstructionCounts? = nil,
        progress: ReplayProgress
    ) throws(CommandFailure) -> (ReplayReport, seconds: Double) {
        let start = ContinuousClock.now
        do {
            let whole = Whole(reader: reader, landing: landing, speed: speed, counts: counts, progress: progress)
            let report = try engine.perform(whole)
            return (report, start.duration(to: .now) / .seconds(1))
        } catch let error as ReplayError {
            throw CommandFailure(error)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// The replay of a whole trace, on the chosen engine.
    private struct Whole: EngineTask {
        let reader: TraceReader
        let landing: Landing
        let speed: ConsoleSpeed?
        let counts: InstructionCounts?
        let progress: ReplayProgress

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> ReplayReport {
            var console = ReplayedConsole(of: reader, speed, willShow: progress.line.willShowConsole)
            do {
                var session = try ReplaySession<P>(reader, landing: landing)
                let result =
                    if speed == nil, counts == nil {
                        try session.run(progress: { progress.replayed.add($0) })
                    } else {
                        try session.run(visit: { recorded in
                            progress.replayed.add(1)
                            console.show(recorded)
                            counts?.add(recorded, first: reader.header.firstEvent)
                        })
                    }
                console.flush()
                switch result {
                case .success(let report):
                    if let failure = console.failure { throw failure }
                    return report
                case .failure(let divergence): throw CommandFailure(divergence, after: session.report)
                }
            } catch let error as ReplayError {
                console.flush()
                throw error
            }
        }
    }
}

extension ReplayReport {
    /// Fails if executing did not reach a recorded state although this host can stop the guest there.
    func checkProved() throws(CommandFailure) {
        guard epochsUnproved > 0 else { return }
        throw CommandFailure(
            .different,
            "unproved: \(epochsUnproved) of \(epochsExecuted + epochsJumped) epochs did not reach their recorded end by "
                + "executing, \(unprovedEpochs); a difference may hide there, or the guest passes the place too often: "
                + "--landing portable restores what was recorded and proves nothing between two exits"
        )
    }
}

extension CommandFailure {
    /// A replay that differs, and what it had proved before.
    init(_ divergence: Divergence, after report: ReplayReport) {
        let notes = report.remarks.map { "\nnote: \($0)" }.joined()
        self.init(.different, text: "\(divergence)\n\(report.counts)\ndivergences            1\(notes)")
    }
}
