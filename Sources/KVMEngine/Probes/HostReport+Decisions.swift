public import Engine

// Questions that the rest of rr-vm asks a report.
extension HostReport {
    /// How a replay can stop at the moment of an asynchronous event.
    public enum Landing: String, Codable, Hashable, Sendable {
        /// A hardware breakpoint at the recorded RIP, and then a comparison of the whole state.
        case breakpoint
        /// The keyframe that was taken there is restored. This needs nothing from the host, and proves nothing.
        case jump
    }

    /// The modes in which a guest can be recorded: it executes, its port accesses exit, it can be kicked and
    /// interrupted, and the host knows which pages it wrote.
    public var recordableModes: [GuestMode] {
        GuestMode.allCases.filter { mode in
            executes(mode)
                && Self.neededToRecord.allSatisfy { self[$0, mode].isPositive }
        }
    }

    /// What a mode must have.
    static let neededToRecord: [Behaviour] = [.portAccess, .kick, .interrupt, .dirtyLog]

    /// Whether any guest can be recorded.
    public var canRecord: Bool { !recordableModes.isEmpty }

    /// Whether single steps work in a mode.
    public func canStep(in mode: GuestMode) -> Bool { self[.singleStep, mode].isPositive }

    /// Whether hardware breakpoints work in a mode.
    public func canBreak(in mode: GuestMode) -> Bool { self[.hardwareBreakpoint, mode].isPositive }

    /// Whether a guest can get past the instruction under a breakpoint in a mode.
    public func canPassBreakpoint(in mode: GuestMode) -> Bool {
        canBreak(in: mode) && (canStep(in: mode) || self[.resumeFlag, mode].isPositive)
    }

    /// How to land in a mode; nil if that is impossible.
    public func landing(in mode: GuestMode) -> Landing? {
        guard executes(mode) else { return nil }
        if canPassBreakpoint(in: mode) { return .breakpoint }
        return self[.stateTransfer, mode].isPositive ? .jump : nil
    }

    /// Whether it is unknown how to land in a mode: none of the ways is known to work, and at least one could not be
    /// tried.
    public func isLandingUnknown(in mode: GuestMode) -> Bool {
        guard executes(mode), landing(in: mode) == nil else { return false }
        let ways: [Behaviour] = [.hardwareBreakpoint, .singleStep, .resumeFlag, .stateTransfer]
        return ways.contains { self[$0, mode].verdict == .untried }
    }

    /// Whether RDTSC can be withheld from a guest without changing its code, in every mode that executes.
    public var hidesTimeStampCounter: Bool { holds(.hidesTimeStampCounter) }

    /// Whether RDRAND can be withheld from a guest without changing its code, in every mode that executes.
    public var hidesRandomNumbers: Bool { holds(.hidesRandomNumbers) }

    /// The features that give time or randomness to a guest and that it sees although its profile hides them.
    public var unconcealedFeatures: [String] {
        ConcealedFeature.all.filter { $0.isForced(in: baselineCPUID) }.map(\.name)
    }

    /// Whether a guest whose programs make system calls can run.
    public var runsSystemCalls: Bool { self[.systemCall].isPositive }

    /// The tried instructions that KVM cannot emulate at ring 0 of a mode, by name.
    public func missingInstructions(in mode: GuestMode) -> [String] {
        instructions.filter { $0.mode == mode && $0.outcome == .notEmulated }.map(\.name)
    }

    private func holds(_ behaviour: Behaviour) -> Bool {
        let modes = GuestMode.allCases.filter(executes)
        return !modes.isEmpty && modes.allSatisfy { self[behaviour, $0].isPositive }
    }
}
