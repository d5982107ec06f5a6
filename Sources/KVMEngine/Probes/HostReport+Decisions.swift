public import Engine

// What the rest of rr-vm asks a report.
extension HostReport {
    /// How a replay can stop at a moment that an asynchronous event had.
    public enum Landing: String, Codable, Hashable, Sendable {
        /// A hardware breakpoint at the recorded RIP, and a comparison of the whole state.
        case breakpoint
        /// The keyframe that was taken there is restored: nothing is asked of the host, and nothing is proved.
        case jump
    }

    /// The modes in which a guest can be recorded: it executes, its port accesses exit, it can be kicked and interrupted, and
    /// what it wrote is known.
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

    /// Whether the instruction under a breakpoint can be got past in a mode.
    public func canPassBreakpoint(in mode: GuestMode) -> Bool {
        canBreak(in: mode) && (canStep(in: mode) || self[.resumeFlag, mode].isPositive)
    }

    /// How to land in a mode; nil if not at all.
    public func landing(in mode: GuestMode) -> Landing? {
        guard executes(mode) else { return nil }
        if canPassBreakpoint(in: mode) { return .breakpoint }
        return self[.stateTransfer, mode].isPositive ? .jump : nil
    }

    /// Whether nobody knows how to land in a mode: a way that was found not to work is one, one that could not be tried is none.
    public func isLandingUnknown(in mode: GuestMode) -> Bool {
        guard executes(mode), landing(in: mode) == nil else { return false }
        let ways: [Behaviour] = [.hardwareBreakpoint, .singleStep, .resumeFlag, .stateTransfer]
        return ways.contains { self[$0, mode].verdict == .untried }
    }

    /// Whether RDTSC can be kept from a guest without changing its code, in every mode that executes.
    public var hidesTimeStampCounter: Bool { holds(.hidesTimeStampCounter) }

    /// Whether RDRAND can be kept from a guest without changing its code, in every mode that executes.
    public var hidesRandomNumbers: Bool { holds(.hidesRandomNumbers) }

    /// The features that let time or randomness into a guest and that it is shown although its profile hides them.
    public var unconcealedFeatures: [String] {
        ConcealedFeature.all.filter { $0.isForced(in: baselineCPUID) }.map(\.name)
    }

    /// Whether a guest whose programs make system calls can run.
    public var runsSystemCalls: Bool { self[.systemCall].isPositive }

    /// Those of the instructions tried that KVM cannot emulate at ring 0 of a mode, by name.
    public func missingInstructions(in mode: GuestMode) -> [String] {
        instructions.filter { $0.mode == mode && $0.outcome == .notEmulated }.map(\.name)
    }

    private func holds(_ behaviour: Behaviour) -> Bool {
        let modes = GuestMode.allCases.filter(executes)
        return !modes.isEmpty && modes.allSatisfy { self[behaviour, $0].isPositive }
    }
}
