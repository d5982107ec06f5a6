public import Engine

/// What a host's KVM is and does, according to ``HostProbe/run()``.
///
/// Its JSON form is stable: keys are only ever added, and ``format`` is incremented when one changes its meaning.
public struct HostReport: Codable, Hashable, Sendable {
    /// The version of the JSON form.
    public var format = 1
    /// KVM's API version (`KVM_GET_API_VERSION`).
    public var apiVersion: Int
    /// Processor, kernel and module.
    public var identity: HostIdentity
    /// Every capability that the kernel's header names, in the order of their numbers.
    public var capabilities: [CapabilityValue]
    /// Which modes execute, and how fast.
    public var execution: [GuestMode: Execution]
    /// The behaviours, by mode.
    public var behaviour: [Behaviour: [GuestMode: Finding]]
    /// What was tried once for all modes.
    public var features: [HostFeature: Finding]
    /// How port and memory accesses exit.
    public var accesses: [GuestMode: AccessFacts]
    /// How many instructions pass between the moment at which the guest could take an interrupt and the exit that says
    /// so.
    public var interruptWindowDelay: [GuestMode: UInt64]
    /// What CPUID shows a guest that was given a table of zeros, where that is not zero.
    public var forcedCPUID: [CPUIDDifference]
    /// What CPUID shows a guest that was given the baseline profile, where it differs from that.
    public var baselineCPUID: [CPUIDDifference]
    /// Instructions tried at ring 0.
    public var instructions: [InstructionFinding]
    /// Median costs in nanoseconds; one that could not be measured is absent.
    public var costs: [HostCost: UInt64]

    /// A capability and the host's answer for it.
    public struct CapabilityValue: Codable, Hashable, Sendable {
        /// The name in `<linux/kvm.h>`.
        public var name: String
        /// The answer from `/dev/kvm`; 0 if the host lacks it.
        public var system: Int32
        /// The answer from a virtual machine; 0 if the host lacks it.
        public var machine: Int32
    }

    /// Whether one mode executes, and how fast.
    public struct Execution: Codable, Hashable, Sendable {
        /// Whether it executes.
        public var finding: Finding
        /// Instructions per second in a short loop; nil if the mode does not execute.
        public var instructionsPerSecond: Double?

        /// Anything slower is emulated; the slowest processor is faster.
        private static let slowestProcessor = 50e6

        /// Whether the processor itself executes the guest's instructions; nil if nothing does.
        public var isNative: Bool? { instructionsPerSecond.map { $0 >= Self.slowestProcessor } }
    }

    /// How port and memory accesses exit in one mode.
    public struct AccessFacts: Codable, Hashable, Sendable {
        /// Where RIP is at the exit of an OUT; nil if there was none.
        public var outputPosition: Position?
        /// Where RIP is at the exit of a write outside memory; nil if there was none.
        public var memoryWritePosition: Position?
        /// How many of eight elements of REP OUTSB the first exit covers; nil if there was none.
        public var outputElements: Int?
        /// How many of eight elements of REP INSB the first exit covers; nil if there was none.
        public var inputElements: Int?

        /// Where RIP is before the access is completed.
        public enum Position: String, Codable, Hashable, Sendable {
            /// At the instruction that exited.
            case atInstruction
            /// At the next instruction.
            case afterInstruction
        }
    }

    /// One instruction, tried at ring 0 in one mode.
    public struct InstructionFinding: Codable, Hashable, Sendable {
        /// Its mnemonic.
        public var name: String
        /// In which mode.
        public var mode: GuestMode
        /// What happened.
        public var outcome: Outcome
        /// What was observed, if that is more than ``outcome`` says.
        public var detail: String

        /// What happened with an instruction.
        public enum Outcome: String, Codable, Hashable, Sendable {
            /// It executes.
            case executes
            /// KVM cannot emulate it, which ends a guest that uses it.
            case notEmulated
            /// It raises an exception, as an instruction does that the processor lacks.
            case faults
            /// Something else happened, or it could not be found out.
            case unknown
        }
    }

    /// The finding about a behaviour in a mode; untried if it was not probed there.
    public subscript(behaviour: Behaviour, mode: GuestMode) -> Finding {
        self.behaviour[behaviour]?[mode] ?? .untried("not probed")
    }

    /// The finding about a feature; untried if it was not probed.
    public subscript(feature: HostFeature) -> Finding {
        features[feature] ?? .untried("not probed")
    }

    /// Whether a mode executes at all.
    public func executes(_ mode: GuestMode) -> Bool {
        execution[mode]?.finding.isPositive ?? false
    }
}
