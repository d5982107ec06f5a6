internal import Engine
internal import TraceFormat

/// How long the guest may take to its next exit or moment, and how long it took in the recording.
struct GuestPace {
    /// Stops a guest that computes on without coming to an exit.
    let watch: GuestTimeWatch
    private let limit: GuestTimeLimit
    /// When the last event was in the recording that the guest has come to; nil before the first.
    private var metTime: UInt32?

    /// - Parameter isSoftware: what executes the guest is no processor of the host's.
    init(_ kicker: ProcessorKicker, _ header: TraceHeader, isSoftware: Bool) {
        watch = GuestTimeWatch(kicker)
        limit = GuestTimeLimit(header, isSoftware: isSoftware)
    }

    /// The guest has come to an event.
    mutating func meet(_ recorded: RecordedEvent) { metTime = recorded.time }

    /// Milliseconds that the recording took to an event from the last one that the guest has come to.
    func recordedMilliseconds(to recorded: RecordedEvent) -> UInt64 {
        UInt64(recorded.time - min(recorded.time, metTime ?? recorded.time))
    }

    /// The guest runs on from a state that is an event's, towards whatever comes.
    func beginRunning() { watch.begin(milliseconds: limit.running(0)) }

    /// The guest runs towards an event.
    func beginRunning(to recorded: RecordedEvent) {
        watch.begin(milliseconds: limit.running(recordedMilliseconds(to: recorded)))
    }

    /// The guest is gone through instruction by instruction, towards an event.
    func beginStepping(to recorded: RecordedEvent) {
        watch.begin(milliseconds: limit.stepping(recordedMilliseconds(to: recorded)))
    }

    /// The guest is brought to a moment between two exits.
    ///
    /// - Parameter mostLooks: after which the search is over too.
    func beginLanding(on recorded: RecordedEvent, mostLooks: Int) -> LandingTime {
        LandingTime(limit.running(recordedMilliseconds(to: recorded)), mostLooks: mostLooks, watch)
    }
}

/// The time that a landing may take: the guest's own to come there, and more for one that has not looked often where it is.
struct LandingTime {
    private let milliseconds: UInt64
    private let mostLooks: Int
    private let watch: GuestTimeWatch
    private var isExtended = false

    init(_ milliseconds: UInt64, mostLooks: Int, _ watch: GuestTimeWatch) {
        (self.milliseconds, self.mostLooks, self.watch) = (milliseconds, mostLooks, watch)
        watch.begin(milliseconds: milliseconds)
    }

    mutating func isOver(after looks: Int) -> Bool {
        guard watch.hasExpired || looks >= mostLooks else { return false }
        guard !isExtended, (1..<GuestTimeLimit.leastLooks).contains(looks) else { return true }
        isExtended = true
        watch.begin(milliseconds: GuestTimeLimit.landingExtension * milliseconds)
        return false
    }
}
