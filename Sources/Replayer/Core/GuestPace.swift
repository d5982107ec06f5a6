internal import Engine
internal import TraceFormat

/// How long the guest may take to reach its next exit or moment, and how long it took in the recording.
struct GuestPace {
    /// Stops a guest that keeps computing without making an exit.
    let watch: GuestTimeWatch
    private let limit: GuestTimeLimit
    /// When the recording reached the last event that the guest has reached; nil before the first event.
    private(set) var metTime: UInt32?

    /// - Parameter isSoftware: whether software executes the guest rather than the host's processor.
    init(_ kicker: ProcessorKicker, _ header: TraceHeader, isSoftware: Bool) {
        watch = GuestTimeWatch(kicker)
        limit = GuestTimeLimit(header, isSoftware: isSoftware)
    }

    /// Notes that the guest has reached an event.
    mutating func meet(_ recorded: RecordedEvent) { meet(recorded.time) }

    /// Notes that the guest has reached an event of this time.
    mutating func meet(_ time: UInt32) { metTime = time }

    /// How many milliseconds the recording took from the last event that the guest has reached to this one.
    func recordedMilliseconds(to recorded: RecordedEvent) -> UInt64 {
        UInt64(recorded.time - min(recorded.time, metTime ?? recorded.time))
    }

    /// Starts the time for a guest that runs on from an event's state with no particular target.
    func beginRunning() { watch.begin(milliseconds: limit.running(0)) }

    /// Starts the time for a guest that runs towards an event.
    func beginRunning(to recorded: RecordedEvent) {
        watch.begin(milliseconds: limit.running(recordedMilliseconds(to: recorded)))
    }

    /// Starts the time for a guest that runs through exits, each of which has this time. In the recording, all of them
    /// took so many milliseconds.
    func beginRunning(throughExitsOf milliseconds: UInt32) {
        watch.begin(milliseconds: limit.running(UInt64(milliseconds)))
    }

    /// Starts the time for a guest that is stepped towards an event, instruction by instruction.
    func beginStepping(to recorded: RecordedEvent) {
        watch.begin(milliseconds: limit.stepping(recordedMilliseconds(to: recorded)))
    }

    /// Starts the time for bringing the guest to a moment between two exits.
    ///
    /// - Parameter mostLooks: how often to look at most before the search ends.
    func beginLanding(on recorded: RecordedEvent, mostLooks: Int) -> LandingTime {
        LandingTime(limit.running(recordedMilliseconds(to: recorded)), mostLooks: mostLooks, watch)
    }
}

/// The time that a landing may take: the guest's own time to get there, and more if the landing has made only a few
/// checks.
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
