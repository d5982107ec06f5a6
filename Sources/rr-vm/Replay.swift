import Engine
import Engines
import Replayer
import Reports
import TraceFormat

/// A replay for a command: on which engines, in how many machines at once, and of which epochs. It ends the command with a
/// failure if the replay differs.
struct Replay {
    let reader: TraceReader
    let engines: ReplayEngines
    let landing: Landing
    /// How many workers replay at once, at least 1.
    var jobs = 1
    /// The epochs to replay; nil for all.
    var epochs: Range<Int>?
    let progress: ReplayProgress

    /// What machines are made of.
    private var setup: Setup { Setup(reader: reader, engines: engines, landing: landing) }

    private struct Setup: EngineTask {
        let reader: TraceReader
        let engines: ReplayEngines
        let landing: Landing

        /// Makes a machine on an engine, to replay on it whatever is asked for.
        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(ReplayError) -> EpochReplayer {
            var session = try ReplaySession<P>(reader, landing: landing)
            return EpochReplayer(
                replay: { request, note throws(ReplayError) in try session.run(request, note: note) },
                canStop: { session.canStop(in: $0) }
            )
        }

        /// Makes a replay's machines.
        func make() throws(ReplayError) -> SharedReplay {
            let main = try engines.main.perform(self)
            guard let lander = engines.lander else { return SharedReplay(reader, landing: landing, main: main) }
            return SharedReplay(reader, landing: landing, main: main) { () throws(ReplayError) in
                try lander.perform(self)
            }
        }
    }

    /// Replays everything in one go, and shows the console.
    ///
    /// - Parameter counts: takes the instructions before each event, from an engine that counts them.
    /// - Returns: the report, and the seconds it took.
    func run(
        showingConsole speed: ConsoleSpeed?,
        counting counts: InstructionCounts? = nil
    ) throws(CommandFailure) -> (ReplayReport, seconds: Double) {
        let start = ContinuousClock.now
        var console = ReplayedConsole(of: reader, speed, willShow: progress.line.willShowConsole)
        do {
            var shared = try setup.make()
            let wantsEvents = speed != nil || counts != nil
            let run = try shared.run(EpochRequest(0..<reader.keyframeCount, wantsEvents: wantsEvents)) { step in
                progress.replayed.add(step.count)
                guard case .event(let recorded) = step else { return }
                console.show(recorded)
                counts?.add(recorded, first: reader.header.firstEvent)
            }
            console.flush()
            let report = try Self.report(of: run)
            if let failure = console.failure { throw failure }
            return (report, start.duration(to: .now) / .seconds(1))
        } catch {
            console.flush()
            throw CommandFailure(any: error)
        }
    }

    /// Replays in several machines at once.
    ///
    /// - Returns: the report that one machine would give, and the seconds it took; nil if there is no epoch.
    func runParts() throws(CommandFailure) -> (ReplayReport, seconds: Double)? {
        let start = ContinuousClock.now
        do {
            let epochs = epochs ?? 0..<reader.keyframeCount
            let jobs = min(jobs, Workers.most)
            let count = jobs == 1 ? 1 : jobs * Self.partsPerJob
            let parts = try EpochParts(reader, epochs, count: min(count, max(epochs.count, 1)))
            let (setup, counter) = (setup, progress.replayed)
            Workers.run(min(jobs, parts.count)) { _ in
                var machines: SharedReplay?
                parts.work { request in
                    var replay = try machines ?? setup.make()
                    defer { machines = replay }
                    return try replay.run(request) { counter.add($0.count) }
                }
            }
            let run = try parts.whole { request in
                var replay = try setup.make()
                return try replay.run(request)
            }
            guard let run else { return nil }
            return (try Self.report(of: run), start.duration(to: .now) / .seconds(1))
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// So many that a worker whose parts take long does not keep the others waiting in the end, and that little is replayed
    /// behind a divergence.
    private static let partsPerJob = 8

    private static func report(of run: EpochRun) throws(CommandFailure) -> ReplayReport {
        if let divergence = run.divergence { throw CommandFailure(divergence, after: run.report) }
        return run.report
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
