import Engine
import Engines
import Replayer
import Synchronization
import TraceFormat

extension Replay {
    /// Replays epochs on this host, divided among several machines.
    ///
    /// - Parameters:
    /// - epochs: which of the trace's epochs to replay. - jobs: how many machines, at least 1. No more run at once than
    ///   the host has processors.
    /// - Returns: the report that one machine would give, and the seconds it took; nil if there is no epoch.
    static func run(
        _ reader: TraceReader,
        epochs: Range<Int>,
        jobs: Int,
        on engine: EngineChoice,
        landing: Landing,
        progress: ReplayProgress
    ) throws(CommandFailure) -> (ReplayReport, seconds: Double)? {
        let start = ContinuousClock.now
        let parts = (1...jobs).map { epochs.part($0, of: jobs) }.filter { !$0.isEmpty }
        let results = Mutex([Int: Result<ReplayReport, CommandFailure>]())
        let replayed = progress.replayed
        Workers.run(parts.count) { index in
            let part = Part(reader: reader, epochs: parts[index], landing: landing, replayed: replayed)
            let result = Result { () throws(CommandFailure) in try engine.perform(part) }
            results.withLock { $0[index] = result }
        }
        var whole: ReplayReport?
        for index in parts.indices {
            guard let report = try results.withLock({ $0[index] })?.get() else { continue }
            whole?.append(report)
            whole = whole ?? report
        }
        return whole.map { ($0, start.duration(to: .now) / .seconds(1)) }
    }

    /// The replay of some epochs, on the chosen engine.
    private struct Part: EngineTask {
        let reader: TraceReader
        let epochs: Range<Int>
        let landing: Landing
        let replayed: ProgressCounter

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(CommandFailure) -> ReplayReport {
            do {
                var session = try ReplaySession<P>(reader, landing: landing)
                switch try session.run(epochs: epochs, progress: { replayed.add($0) }) {
                case .success(let report): return report
                case .failure(let divergence): throw CommandFailure(divergence, after: session.report)
                }
            } catch let error as ReplayError {
                throw CommandFailure(error)
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                throw CommandFailure(any: error)
            }
        }
    }
}

extension Range<Int> {
    /// One of `count` parts that are as equal as possible; `number` counts from 1.
    func part(_ number: Int, of count: Int) -> Range<Int> {
        let bounds = [number - 1, number].map { lowerBound + self.count * $0 / count }
        return bounds[0]..<bounds[1]
    }
}
