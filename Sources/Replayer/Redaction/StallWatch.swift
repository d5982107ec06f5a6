internal import Dispatch
internal import Engine
internal import Synchronization

/// Stops a processor that computes on without coming to an exit: a guest that was given other input may wait for ever for
/// what it will not get. Stops when it is released.
final class StallWatch: @unchecked Sendable {
    private struct Progress {
        var events: UInt64 = 0
        var seen: UInt64 = 0
        var idleTicks = 0
        var longestIdleTicks = 0
    }

    private static let ticksPerSecond = 4
    /// A stretch without an exit may last this many times as long as the longest one of the recording's own replay.
    private static let patience = 4
    private static let leastTicks = 4 * ticksPerSecond

    private let progress = Mutex(Progress())
    private let stalled = Atomic(false)
    private let learns = Atomic(true)
    // Not Sendable, and used by init and deinit only.
    private let timer: any DispatchSourceTimer

    /// Watches a processor, and learns how long its stretches without an exit are.
    init(_ kicker: ProcessorKicker) {
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "stall watch", qos: .userInteractive))
        timer.schedule(deadline: .now(), repeating: .milliseconds(1000 / Self.ticksPerSecond))
        timer.setEventHandler { [weak self] in self?.tick(kicker) }
        timer.resume()
    }

    deinit { timer.cancel() }

    /// Whether the processor was stopped.
    var hasStalled: Bool { stalled.load(ordering: .acquiring) }

    /// Stops the processor from here on where it takes longer than was learnt.
    func stopLearning() {
        learns.store(false, ordering: .releasing)
    }

    /// The processor has come to an event.
    func advance() {
        progress.withLock { $0.events += 1 }
    }

    /// The processor begins anew somewhere.
    func reset() {
        progress.withLock { $0.idleTicks = 0 }
        stalled.store(false, ordering: .releasing)
    }

    private func tick(_ kicker: ProcessorKicker) {
        let isTooLong = progress.withLock { progress in
            let isIdle = progress.events == progress.seen
            progress.idleTicks = isIdle ? progress.idleTicks + 1 : 0
            progress.seen = progress.events
            guard !learns.load(ordering: .acquiring) else {
                progress.longestIdleTicks = max(progress.longestIdleTicks, progress.idleTicks)
                return false
            }
            return progress.idleTicks > max(Self.leastTicks, Self.patience * progress.longestIdleTicks)
        }
        guard isTooLong else { return }
        stalled.store(true, ordering: .releasing)
        kicker.kick()
    }
}
