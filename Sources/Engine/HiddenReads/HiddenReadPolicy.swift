public import X86

/// How a guest's reads of time counters and random numbers are treated.
public struct HiddenReadPolicy: Hashable, Sendable {
    /// How one kind of read is treated.
    public enum Treatment: String, CaseIterable, Sendable {
        /// CPUID does not show the instructions. If a guest executes them regardless, nothing records what they read.
        case hide
        /// CPUID does not show the instructions, and those in the guest's code are replaced by ones that are recorded.
        case trap
        /// CPUID shows the instructions and they execute as they are, so a replay may diverge.
        case native
    }

    /// RDTSC, RDTSCP and RDPMC.
    public var counters: Treatment
    /// RDRAND and RDSEED; RDPID goes with them.
    public var randomness: Treatment

    /// Traps both unless told otherwise.
    public init(counters: Treatment = .trap, randomness: Treatment = .trap) {
        self.counters = counters
        self.randomness = randomness
    }

    /// The instructions that are replaced in the guest's code.
    public var trapped: Set<HiddenInstruction> {
        var instructions: Set<HiddenInstruction> = []
        if counters == .trap { instructions.formUnion([.rdtsc, .rdtscp, .rdpmc]) }
        if randomness == .trap { instructions.formUnion([.rdrand, .rdseed, .rdpid]) }
        return instructions
    }

    /// The features that should be hidden without being trapped, but that CPUID shows the guest anyway.
    ///
    /// - Parameters:
    ///   - asked: what CPUID was asked to show.
    ///   - seen: what it shows.
    public func unconcealed(asked: [CPUIDEntry], seen: [CPUIDEntry]) -> [String] {
        let differences = CPUIDDifference.between(asked: asked, seen: seen)
        let treatments = [ConcealedFeature.Kind.counter: counters, .randomness: randomness]
        return ConcealedFeature.all.filter { treatments[$0.kind] == .hide && $0.isForced(in: differences) }.map(\.name)
    }

    /// Whether the guest may read something that the trace does not hold.
    public var mayDiverge: Bool { counters == .native || randomness == .native }

    /// A profile that also shows the features that the guest may use untrapped.
    public func applied(to profile: ProcessorProfile) -> ProcessorProfile {
        guard counters == .native else { return profile }
        var profile = profile
        profile.show(function: 1, \.edx, bit: 4)  // TSC
        profile.show(function: 0x8000_0001, \.edx, bit: 27)  // RDTSCP
        return profile
    }
}

extension ProcessorProfile {
    fileprivate mutating func show(function: UInt32, _ register: WritableKeyPath<CPUIDEntry, UInt32>, bit: UInt32) {
        for index in cpuid.indices where cpuid[index].function == function {
            cpuid[index][keyPath: register] |= 1 << bit
        }
    }
}
