internal import Synchronization
public import TraceFormat

/// The parts of a replay that several workers do at the same time, and what they find. Together they show what one replay shows,
/// and the first divergence is the one that it would name.
public final class EpochParts: Sendable {
    private let parts: [Range<Int>]
    private let state = Mutex(State())

    private struct State {
        /// How many parts were given out.
        var taken = 0
        var results: [Int: Result<EpochRun, any Error>] = [:]
        /// The first part that failed or differs, as far as is known.
        var firstBad = Int.max
    }

    /// The parts of some epochs.
    ///
    /// - Parameter count: how many to make, at least 1.
    public init(_ reader: TraceReader, _ epochs: Range<Int>, count: Int) throws(TraceError) {
        parts = try reader.parts(of: epochs, count: count)
    }

    /// How many parts there are.
    public var count: Int { parts.count }

    /// Does parts until none is left. Parts behind one that is known to differ are left out.
    ///
    /// - Parameter replay: replays these epochs.
    public func work(_ replay: (EpochRequest) throws -> EpochRun) {
        while let index = take() {
            let result = Result { try replay(EpochRequest(parts[index])) }
            state.withLock { state in
                state.results[index] = result
                if case .success(let run) = result, run.divergence == nil { return }
                state.firstBad = min(state.firstBad, index)
            }
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.taken < min(parts.count, state.firstBad) else { return nil }
            defer { state.taken += 1 }
            return state.taken
        }
    }

    /// Puts together what was found, up to the first divergence.
    ///
    /// A part assumes what the guest's last exit before it lets follow. If it turns out to be something else, the part is
    /// replayed again.
    ///
    /// - Parameter replay: replays these epochs.
    /// - Returns: nil if there is no part.
    /// - Throws: what the first part threw that was not done.
    public func whole(again replay: (EpochRequest) throws -> EpochRun) throws -> EpochRun? {
        let results = state.withLock { $0.results }
        var whole: EpochRun?
        for index in parts.indices {
            guard var run = try results[index]?.get() else { break }
            if let before = whole?.sequelAfter, run.sequelBefore != before {
                run = try replay(EpochRequest(parts[index], after: before))
            }
            whole?.append(run)
            whole = whole ?? run
            if run.divergence != nil { break }
        }
        return whole
    }
}
