internal import Engine
public import TraceFormat

/// A replay that two engines share. One of them, the lander, stops anywhere for nothing and executes epochs that end between two
/// exits, if that costs less than to find their ends on the other.
///
/// What the other can pass over it looks for only a while. What it cannot stop at, it passes over or restores, as it does alone:
/// the lander may take a hundred times as long there, because the other executes such code natively. So it may in the loop in
/// which somebody has stopped a guest, for hours, and the other finds the loop soon. The lander is asked to execute what the
/// other cannot stop at only if nothing may be restored.
///
/// Each of these epochs is executed from its keyframe, and its end is compared with the next keyframe. That is as strong as one
/// run: the state that an engine takes over is the one that the other has been found in.
public struct SharedReplay {
    private let reader: TraceReader
    private let landing: Landing
    private let main: EpochReplayer
    private let makeLander: (() throws(ReplayError) -> EpochReplayer)?
    private var lander: EpochReplayer?
    /// Whether the lander cannot replay this trace.
    private var lacksLander: Bool
    private var choice = LandingChoice()
    private var cuts: ReplayCuts
    /// How often the main engine looks for a state that it can pass over.
    private static let looksBeforePassing = 4096

    /// A replay on one engine, and on another if there is one. The second is made when it is first needed.
    public init(
        _ reader: TraceReader,
        landing: Landing = .auto,
        main: EpochReplayer,
        lander: (() throws(ReplayError) -> EpochReplayer)? = nil
    ) {
        self.reader = reader
        self.landing = landing
        self.main = main
        cuts = ReplayCuts(reader)
        makeLander = lander
        lacksLander = lander == nil || landing == .portable
    }

    /// Replays some epochs.
    ///
    /// - Parameter note: called with each step, once, whichever engine makes it.
    /// - Returns: what was found up to the first divergence, which is named as the main engine names it if that finds it too.
    public mutating func run(
        _ request: EpochRequest,
        note: (ReplayStep) -> Void = { _ in }
    ) throws(ReplayError) -> EpochRun {
        var whole: EpochRun?
        var request = request
        let end = request.epochs.upperBound
        while request.epochs.lowerBound < end, whole?.divergence == nil {
            let stretch = try stretch(of: request.epochs)
            request.epochs = stretch.epochs
            let run = stretch.isLanding ? try land(request, note) : try pass(request, note)
            request.epochs = stretch.epochs.upperBound..<end
            request.sequel = run.sequelAfter
            whole?.append(run)
            whole = whole ?? run
        }
        guard let whole else { throw .trace(.noSuchKeyframe(UInt64(end), count: UInt64(reader.keyframeCount))) }
        return whole
    }

    /// The first of some epochs if the lander may execute them; else as many as the main engine executes in one go.
    private mutating func stretch(of epochs: Range<Int>) throws(ReplayError) -> (epochs: Range<Int>, isLanding: Bool) {
        guard !lacksLander else { return (epochs, false) }
        do throws(TraceError) {
            var end = try cuts.next(behind: epochs.lowerBound, before: epochs.upperBound)
            guard try !isLanding(onKeyframe: end) else { return (epochs.lowerBound..<end, true) }
            while end < epochs.upperBound {
                let next = try cuts.next(behind: end, before: epochs.upperBound)
                if try isLanding(onKeyframe: next) { break }
                end = next
            }
            return (epochs.lowerBound..<end, false)
        } catch {
            throw .trace(error)
        }
    }

    /// Whether the lander may have to stop at a keyframe, because the guest is given something there.
    private mutating func isLanding(onKeyframe number: Int) throws(TraceError) -> Bool {
        guard number < reader.keyframeCount, try reader.keyframeEntry(number).position == .asynchronous,
            try cuts.mayCut(atKeyframe: number)
        else { return false }
        guard landing != .exact else { return true }
        guard try !cuts.isInStoppedTail(keyframe: number) else { return false }
        return main.canStop(GuestMode(try reader.keyframe(number).state))
    }

    /// Replays epochs on the main engine, and does not look long for what it can pass over.
    private func pass(
        _ request: EpochRequest,
        _ note: (ReplayStep) -> Void
    ) throws(ReplayError) -> EpochRun {
        guard !lacksLander, landing != .exact else { return try main.replay(request, note) }
        var bounded = request
        bounded.mostLooks = min(request.mostLooks, Self.looksBeforePassing)
        var seen = SeenSteps()
        let run = try main.replay(bounded) { seen.pass($0, to: note) }
        guard run.report.epochsUnproved > 0 else { return run }
        seen.restart()
        return try main.replay(request) { seen.pass($0, to: note) }
    }

    /// Replays what ends between two exits, on one engine, and on the other if that did not prove it.
    private mutating func land(
        _ request: EpochRequest,
        _ note: (ReplayStep) -> Void
    ) throws(ReplayError) -> EpochRun {
        var seen = SeenSteps()
        if choice.next() == .main {
            var bounded = request
            bounded.mostLooks = min(choice.mostLooks, request.mostLooks)
            let start = ThreadTime.nanoseconds
            let run = try unlessNotLanded { () throws(ReplayError) in
                try main.replay(bounded) { seen.pass($0, to: note) }
            }
            choice.note(ThreadTime.nanoseconds - start, of: .main, isProved: run?.isProved ?? false)
            if let run, run.isProved { return run }
        }
        let start = ThreadTime.nanoseconds
        seen.restart()
        let landed = tryLander(request) { seen.pass($0, to: note) }
        choice.note(ThreadTime.nanoseconds - start, of: .lander, isProved: landed?.isProved ?? false)
        if let landed, landed.isProved { return landed.inOtherEngine }
        // The engine that the recording may have used decides, and names what differs.
        seen.restart()
        let run = try main.replay(request) { seen.pass($0, to: note) }
        guard let landed, landed.divergence != nil, run.divergence == nil, !run.isProved else { return run }
        return landed.inOtherEngine
    }

    /// Replays on the lander; nil if it cannot replay this trace.
    private mutating func tryLander(_ request: EpochRequest, _ note: (ReplayStep) -> Void) -> EpochRun? {
        guard !lacksLander, let makeLander else { return nil }
        do throws(ReplayError) {
            let lander = if let lander { lander } else { try makeLander() }
            self.lander = lander
            return try unlessNotLanded { () throws(ReplayError) in try lander.replay(request, note) }
        } catch {
            (lacksLander, lander) = (true, nil)
            return nil
        }
    }
}

/// What was found; nil if the engine cannot get to the end of the epoch, and may not restore it.
private func unlessNotLanded(
    _ run: () throws(ReplayError) -> EpochRun
) throws(ReplayError) -> EpochRun? {
    do {
        return try run()
    } catch {
        switch error {
        case .cannotLand, .guestDebugsItself, .notReached: return nil
        default: throw error
        }
    }
}

extension EpochRun {
    /// The same, counted as another engine's.
    fileprivate var inOtherEngine: EpochRun {
        var run = self
        run.report.epochsLanded = run.report.epochs.count
        return run
    }
}
