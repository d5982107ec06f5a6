internal import Dispatch
internal import Engine
internal import Synchronization
public import TraceFormat

/// Asks a running guest to stop, from any thread, once.
///
/// The guest stops at its next exit. One that does not exit within a grace period is kicked out of the processor, and again
/// until it has stopped.
public final class StopRequest: Sendable {
    /// Milliseconds that a guest has to reach an exit by itself, which a replay can reach by executing.
    private static let graceMilliseconds = 100
    /// The same for one that is woken.
    private static let wakeMilliseconds = 1
    /// Gets a thread of its own when there is something to do: guests that run can keep all shared ones busy.
    private static let queue = DispatchQueue(label: "stop requests", qos: .userInteractive)

    private let reason = Mutex<StopReason?>(nil)
    private let isRequested = Atomic(false)
    private let kicker = Mutex<ProcessorKicker?>(nil)
    private let wakeUp = WakeDescriptor()

    /// Nothing requested yet.
    public init() {}

    /// Asks the guest to stop; a second request changes nothing.
    public func request(_ reason: StopReason) {
        let isFirst = self.reason.withLock { present in
            guard present == nil else { return false }
            present = reason
            return true
        }
        guard isFirst else { return }
        isRequested.store(true, ordering: .releasing)
        wakeUp.post()
        kickAfterGrace()
    }

    private func kickAfterGrace() {
        Self.queue.asyncAfter(deadline: .now() + .milliseconds(Self.graceMilliseconds)) {
            let isRunning = self.kicker.withLock { kicker in
                kicker?.kick()
                return kicker != nil
            }
            if isRunning { self.kickAfterGrace() }
        }
    }

    /// Asks the guest to stop when `seconds` have passed, if it still runs then.
    public func requestAfter(seconds: Double) {
        Self.queue.asyncAfter(deadline: .now() + seconds) { [weak self] in
            self?.request(.timeLimit)
        }
    }

    /// Why the guest has to stop, if it has to: cheap enough to ask at every exit.
    var pending: StopReason? {
        isRequested.load(ordering: .acquiring) ? reason.withLock { $0 } : nil
    }

    /// Names the processor that runs, or nil once it no longer does.
    func attach(_ kicker: ProcessorKicker?) {
        self.kicker.withLock { $0 = kicker }
    }

    /// Ends ``wait(nanoseconds:descriptors:)``, or lets a guest that computes come to its driver soon.
    func wake() {
        wakeUp.post()
        Self.queue.asyncAfter(deadline: .now() + .milliseconds(Self.wakeMilliseconds)) {
            self.kicker.withLock { $0?.kick() }
        }
    }

    /// Waits until a stop is requested, until one of the descriptors is readable, or until `nanoseconds` have passed; nil for
    /// no limit.
    func wait(nanoseconds: UInt64?, descriptors: [Int32] = []) {
        guard pending == nil else { return }
        wakeUp.wait(nanoseconds: nanoseconds, descriptors: descriptors)
    }
}
