import Engine
import Engines
import Replayer
import TraceFormat

/// One replay for a command: it shows the console, and ends the command with a failure if the replay differs.
enum Replay {
    /// Replays a trace on this host.
    ///
    /// - Returns: the report, and the seconds it took.
    static func run(
        _ reader: TraceReader,
        on engine: EngineChoice,
        landing: Landing,
        showingConsole speed: ConsoleSpeed?,
        progress: ReplayProgress
    ) throws(CommandFailure) -> (ReplayReport, seconds: Double) {
        let start = ContinuousClock.now
        do {
            let report = try engine.perform(Whole(reader: reader, landing: landing, speed: speed, progress: progress))
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
        let progress: ReplayProgress

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> ReplayReport {
            var console = ReplayedConsole(of: reader, speed, willShow: progress.line.willShowConsole)
            do {
                var session = try ReplaySession<P>(reader, landing: landing)
                let result = try session.run { recorded in
                    progress.replayed.add(1)
                    console.show(recorded)
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
    /// What was proved equal to the recording and what was not, one line each, with the numbers aligned.
    var counts: String {
        var lines = ["epochs executed again  \(epochsExecuted)"]
        if keyframesPassed > 0 {
            lines.append(
                "  \(keyframesPassed): executed past their ends, where the guest is given nothing, to the next one"
            )
        }
        lines.append("epochs jumped          \(epochsJumped)")
        if epochsUnproved > 0 { lines.append("epochs unproved        \(epochsUnproved), \(unprovedEpochs)") }
        lines += JumpReason.allCases.compactMap { reason in
            jumps[reason].map { "  \($0): \(reason.words)" }
        }
        if accessedBits > 0 {
            lines.append("accessed bits taken    \(accessedBits): page-table entries that differed in nothing else")
        }
        return lines.printableText
    }

    /// The numbers of the epochs that are unproved, as far as they fit in a line.
    var unprovedEpochs: String {
        let numbers = epochs.filter { $0.ending == .unproved }.map { "\($0.number)" }
        let listed = numbers.prefix(Self.listedEpochs).joined(separator: ", ")
        return "by number: \(listed)\(numbers.count > Self.listedEpochs ? ", ..." : "")"
    }

    private static let listedEpochs = 20

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

    /// One line for a person.
    func summary(seconds: Double) -> String {
        let unproved = epochsUnproved == 0 ? "" : ", \(epochsUnproved) epochs unproved"
        let jumps = epochsJumped == 0 ? "" : " (\(epochsJumped) by restoring, not by executing\(unproved))"
        let end = outcome.map { "; \($0)" } ?? "; the trace has no end"
        return
            "\(Quantity.count(events)) events replayed in \(Quantity.seconds(seconds)), equal to the recording\(jumps)\(end)"
    }
}

extension CommandFailure {
    /// A replay that differs, and what it had proved before.
    init(_ divergence: Divergence, after report: ReplayReport) {
        self.init(.different, text: "\(divergence)\n\(report.counts)\ndivergences            1")
    }
}
