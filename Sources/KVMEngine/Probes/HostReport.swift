public import Engine

/// What a host's KVM is and does, as ``HostProbe/run()`` found it.
///
/// Its JSON form is stable: keys are only ever added, and ``format`` rises when one changes its meaning.
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
    /// What was tried in which modes.
    public var behaviour: [Behaviour: [GuestMode: Finding]]
    /// What was tried once.
    public var features: [HostFeature: Finding]
    /// How port and memory accesses exit.
    public var accesses: [GuestMode: AccessFacts]
    /// How many instructions after the guest could take an interrupt the exit came that says so.
    public var interruptWindowDelay: [GuestMode: UInt64]
    /// What CPUID shows a guest that was given a table of zeros.
    public var forcedCPUID: [CPUIDDifference]
    /// What CPUID shows a guest that was given the baseline profile, where it differs from that.
    public var baselineCPUID: [CPUIDDifference]
    /// Instructions tried at ring 0.
    public var instructions: [InstructionFinding]
    /// Median costs in nanoseconds; one that could not be measured is absent.
    public var costs: [HostCost: UInt64]

    /// A capability with what the host answers for it.
    public struct CapabilityValue: Codable, Hashable, Sendable {
        /// The name in `<linux/kvm.h>`.
        public var name: String
        /// The answer of `/dev/kvm`; 0 if the host lacks it.
        public var system: Int32
        /// The answer of a virtual machine; 0 if the host lacks it.
        public var machine: Int32
    }

    /// Whether one mode executes, and how fast.
    public struct Execution: Codable, Hashable, Sendable {
        /// Whether it executes.
        public var finding: Finding
        /// Instructions per second in a loop of two; nil if it does not execute.
        public var instructionsPerSecond: Double?

        /// Slower than this is software; the slowest processor is faster.
        private static let slowestProcessor = 50e6

        /// Whether the processor itself executes the guest's instructions; nil if nothing does.
        public var isNative: Bool? { instructionsPerSecond.map { $0 >= Self.slowestProcessor } }
    }

    /// How port and memory accesses exit in one mode.
    public struct AccessFacts: Codable, Hashable, Sendable {
        /// Where RIP stands at the exit of an OUT; nil if there was none.
        public var outputPosition: Position?
        /// Where RIP stands at the exit of a write to memory that is not there; nil if there was none.
        public var memoryWritePosition: Position?
        /// How many of eight elements of REP OUTSB the first exit covers; nil if there was none.
        public var outputElements: Int?
        /// How many of eight elements of REP INSB the first exit covers; nil if there was none.
        public var inputElements: Int?

        /// Where RIP stands before the access is completed.
        public enum Position: String, Codable, Hashable, Sendable {
            /// At the instruction that exited.
            case atInstruction
            /// At the one after it.
            case afterInstruction
        }
    }

    /// One instruction, tried at ring 0 in one mode.
    public struct InstructionFinding: Codable, Hashable, Sendable {
        /// Its mnemonic.
        public var name: String
        /// In which mode.
        public var mode: GuestMode
        /// What came of it.
        public var outcome: Outcome
        /// What was seen, if that is more than ``outcome`` says.
        public var detail: String

        /// What came of an instruction.
        public enum Outcome: String, Codable, Hashable, Sendable {
            /// It executes.
            case executes
            /// KVM cannot emulate it: a guest that uses it ends there.
            case notEmulated
            /// It raises an exception, as one that the processor does not have.
            case faults
            /// Something else came of it, or nothing could be found out.
            case unknown
        }
    }

    /// What was found of a behaviour in a mode; untried if it was not probed there.
    public subscript(behaviour: Behaviour, mode: GuestMode) -> Finding {
        self.behaviour[behaviour]?[mode] ?? .untried("not probed")
    }

    /// What was found of a feature; untried if it was not probed.
    public subscript(feature: HostFeature) -> Finding {
        features[feature] ?? .untried("not probed")
    }

    /// Whether a mode executes at all.
    public func executes(_ mode: GuestMode) -> Bool {
        execution[mode]?.finding.isPositive ?? false
    }
}
