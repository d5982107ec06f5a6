internal import Engine
internal import X86

/// Follows a plan through a run. It determines which input comes next, and when its moment has come.
struct PlanFollower {
    private var inputs: ArraySlice<PlannedInput>
    private var counts: [ExitSite: Int] = [:]
    /// The number of exits at each site since the last input.
    private var recentCounts: [ExitSite: Int] = [:]

    /// Why an interrupt may be delivered now, if it may.
    private enum Release {
        /// No interrupt may be delivered.
        case none
        /// The plan calls for the interrupt.
        case planned
        /// The guest cannot or does not continue without the interrupt.
        case natural
    }

    private var release = Release.none
    /// Where to bring the guest before the next input. It is nil once the guest is there or has gone past it.
    private(set) var destination: PlannedInput.Place?
    private var isApproached = false

    init(_ inputs: [PlannedInput]) {
        self.inputs = inputs[...]
    }

    /// The guest has come to an exit.
    mutating func pass(_ exit: Exit, rip: UInt64) {
        destination = nil
        guard let site = ExitSite(exit, rip: rip) else { return }
        counts[site, default: 0] += 1
        recentCounts[site, default: 0] += 1
        if site.isHalt { release = .natural }
    }

    /// The next input, if the guest has passed the exit that must precede it.
    var next: PlannedInput? {
        guard let next = inputs.first else { return nil }
        guard let anchor = next.anchor else { return next }
        let count = (anchor.isRelative ? recentCounts : counts)[anchor.site, default: 0]
        return count >= anchor.count ? next : nil
    }

    /// Starts bringing the guest to the place of the next input. It returns false if this was already tried.
    mutating func approach(_ place: PlannedInput.Place) -> Bool {
        guard !isApproached else { return false }
        (isApproached, destination) = (true, place)
        return true
    }

    /// The guest is at its destination, or as close as it will get.
    mutating func arrive() { destination = nil }

    /// The next input was given, or there was nothing to give.
    mutating func finishNext() {
        inputs.removeFirst()
        (isApproached, destination) = (false, nil)
        recentCounts.removeAll(keepingCapacity: true)
    }

    /// The interrupt of the next input may be delivered.
    mutating func releaseNext() { release = .planned }

    /// The guest does not continue without an interrupt.
    mutating func releaseNaturally() {
        if release == .none { release = .natural }
    }

    /// Whether an interrupt may be delivered.
    var releasesInterrupt: Bool { release != .none }

    /// An interrupt was delivered.
    mutating func deliver() {
        if release == .planned { finishNext() }
        release = .none
    }
}
