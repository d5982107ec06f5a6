internal import Dispatch
internal import Engine
internal import Synchronization
public import TraceFormat

/// Asks a running guest to stop. Any thread can do this, and only the first request counts.
///
/// The guest stops at its next exit. If it does not exit within a grace period, it is kicked out of the processor
/// repeatedly until it has stopped.
public final class StopRequest: Sendable {
    /// How many milliseconds a guest has to reach an exit by itself. A replay can reach such an exit by executing.
    private static let graceMilliseconds = 100
    /// The same period for a guest that is woken.
    private static let wakeMilliseconds = 1
    /// The queue gets its own thread when there is work, because running guests can keep all shared threads busy.
    private static let queue = DispatchQueue(label: "stop requests", qos: .userInteractive)

    private let reason = Mutex<StopReason?>(nil)
    private let isRequested = Atomic(false)
    private let kicker = Mutex<ProcessorKicker?>(nil)
    private let wakeUp = WakeDescriptor()

    /// Creates an object without a request.
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

    /// Asks the guest to stop after some time, if it is still running then.
    public func request(_ reason: StopReason, afterSeconds seconds: Double) {
        Self.queue.asyncAfter(deadline: .now() + seconds) { [weak self] in
            self?.request(reason)
        }
    }

    /// Whether the guest has to stop. It is cheap enough to check at every exit.
    var isPending: Bool { isRequested.load(ordering: .acquiring) }

    /// Why the guest has to stop, or nil if it does not.
    var pending: StopReason? { isPending ? reason.withLock { $0 } : nil }

    /// Sets the running processor, or nil once it no longer runs.
    func attach(_ kicker: ProcessorKicker?) {
        self.kicker.withLock { $0 = kicker }
    }

    /// Ends ``wait(nanoseconds:descriptors:)``, or makes a guest that is computing return to its driver soon.
    func wake() {
        wakeUp.post()
        Self.queue.asyncAfter(deadline: .now() + .milliseconds(Self.wakeMilliseconds)) {
            self.kicker.withLock { $0?.kick() }
        }
    }

    /// Waits until a stop is requested, one of the descriptors becomes readable, or `nanoseconds` have passed. If
    /// `nanoseconds` is nil, there is no time limit.
    func wait(nanoseconds: UInt64?, descriptors: [Int32] = []) {
        guard pending == nil else { return }
        wakeUp.wait(nanoseconds: nanoseconds, descriptors: descriptors)
    }
}
