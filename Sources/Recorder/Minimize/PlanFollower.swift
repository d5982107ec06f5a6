internal import Engine
internal import X86

/// Follows a plan through a run: says which input comes next, and when its moment is there.
struct PlanFollower {
    private var inputs: ArraySlice<PlannedInput>
    private var counts: [ExitSite: Int] = [:]
    /// The same since the last input.
    private var recentCounts: [ExitSite: Int] = [:]

    /// Why an interrupt may be delivered now.
    private enum Release {
        /// None may.
        case none
        /// The plan says so.
        case planned
        /// The guest cannot go on, or does not, without it.
        case natural
    }

    private var release = Release.none
    /// Where the guest is to be brought before the next input; nil once it is there or has passed by.
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

    /// The next input, if the exit is there that it comes behind.
    var next: PlannedInput? {
        guard let next = inputs.first else { return nil }
        guard let anchor = next.anchor else { return next }
        let count = (anchor.isRelative ? recentCounts : counts)[anchor.site, default: 0]
        return count >= anchor.count ? next : nil
    }

    /// Begins to bring the guest to the place of the next input; false if that was tried already.
    mutating func approach(_ place: PlannedInput.Place) -> Bool {
        guard !isApproached else { return false }
        (isApproached, destination) = (true, place)
        return true
    }

    /// The guest is where it was to be brought, or as near as it will come.
    mutating func arrive() { destination = nil }

    /// The next input was given, or there was nothing to give.
    mutating func finishNext() {
        inputs.removeFirst()
        (isApproached, destination) = (false, nil)
        recentCounts.removeAll(keepingCapacity: true)
    }

    /// The interrupt of the next input may be delivered.
    mutating func releaseNext() { release = .planned }

    /// The guest does not go on without an interrupt.
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
