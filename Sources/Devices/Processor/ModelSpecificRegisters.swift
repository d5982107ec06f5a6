public import Platform
public import X86

/// The model-specific registers that the board answers for the processor, besides IA32_APIC_BASE: those that would tell
/// a guest the host's time, and those in which hosts differ (Intel SDM vol. 4, chapter 2).
///
/// A register exists if CPUID announces it as the manual says. An access to one that does not exist faults. So does a
/// write to a read-only register or to a reserved bit.
public struct ModelSpecificRegisters: Sendable {
    /// Everything that the registers remember.
    public struct State: Hashable, Sendable {
        /// How far the time-stamp counter is ahead of the machine's clock, modulo 2^64.
        var counterOffset: UInt64 = 0
        /// IA32_TSC_ADJUST.
        var counterAdjustment: UInt64 = 0
        /// IA32_MCG_STATUS.
        var machineCheckStatus: UInt64 = 0
        /// IA32_PAT.
        var pageAttributes = pageAttributesAtReset
        /// IA32_MISC_ENABLE.
        var miscellaneous = MiscellaneousEnable.reset
    }

    /// Numbers of the registers.
    public typealias Number = ModelSpecificRegister

    /// What the registers remember.
    public private(set) var state: State
    /// What CPUID announces.
    private let features: ProcessorFeatures

    /// The registers after a reset at this time, when the time-stamp counter is 0.
    ///
    /// - Parameter cpuid: what the guest is told about the processor.
    public init(cpuid: [CPUIDEntry], now: MachineTime) {
        self.init(state: State(counterOffset: 0 &- now.nanoseconds), cpuid: cpuid)
    }

    /// The registers as they were.
    public init(state: State, cpuid: [CPUIDEntry]) {
        self.state = state
        features = ProcessorFeatures(cpuid)
    }

    /// The time-stamp counter, which runs at 1 GHz.
    public func timeStampCounter(at now: MachineTime) -> UInt64 { now.nanoseconds &+ state.counterOffset }

    /// The value of a register; nil if RDMSR faults.
    public func read(_ number: UInt32, now: MachineTime) -> UInt64? {
        switch number {
        case Number.timeStampCounter: timeStampCounter(at: now)
        case Number.counterAdjustment where features.hasCounterAdjustment: state.counterAdjustment
        case Number.platformIdentifier where features.isIntel: 0
        case Number.featureControl where features.hasFeatureControl: Self.lockedFeatureControl
        case Number.microcodeRevision: Self.microcodeRevision
        // No bank of registers reports errors.
        case Number.machineCheckCapability: 0
        case Number.machineCheckStatus: state.machineCheckStatus
        case Number.pageAttributes: state.pageAttributes
        case Number.miscellaneousEnable where features.isIntel: state.miscellaneous.rawValue
        default: nil
        }
    }

    /// Handles a write; false if WRMSR faults.
    public mutating func write(_ number: UInt32, _ value: UInt64, now: MachineTime) -> Bool {
        switch number {
        case Number.timeStampCounter: moveCounter(by: value &- timeStampCounter(at: now))
        case Number.counterAdjustment where features.hasCounterAdjustment:
            moveCounter(by: value &- state.counterAdjustment)
        // The processor sets the signature, and an update that is not meant for it changes nothing.
        case Number.microcodeRevision: break
        case Number.microcodeTrigger where features.isIntel: break
        case Number.machineCheckStatus:
            guard value & ~Self.machineCheckStatusBits == 0 else { return false }
            state.machineCheckStatus = value
        case Number.pageAttributes:
            guard Self.arePageAttributes(value) else { return false }
            state.pageAttributes = value
        case Number.miscellaneousEnable where features.isIntel:
            return state.miscellaneous.take(value)
        default: return false
        }
        return true
    }

    /// The adjustment follows every change to the counter (vol. 3, 18.17.3).
    private mutating func moveCounter(by difference: UInt64) {
        state.counterOffset &+= difference
        state.counterAdjustment &+= difference
    }

    /// Whether each of the eight bytes is a memory type (vol. 3, table 11-10).
    private static func arePageAttributes(_ value: UInt64) -> Bool {
        (0..<8).allSatisfy { [0, 1, 4, 5, 6, 7].contains(value >> UInt64(8 * $0) & 0xFF) }
    }

    private static let pageAttributesAtReset: UInt64 = 0x0007_0406_0007_0406
    /// Locked, with nothing enabled that it controls.
    private static let lockedFeatureControl: UInt64 = 1
    /// Revision 1 in the upper half, as in KVM.
    private static let microcodeRevision: UInt64 = 1 << 32
    /// RIPV, EIPV and MCIP.
    private static let machineCheckStatusBits: UInt64 = 0b111
}

extension ModelSpecificRegisters {
    /// IA32_MISC_ENABLE.
    struct MiscellaneousEnable: RawRepresentable, Hashable {
        var rawValue: UInt64

        private static let fastStrings: UInt64 = 1 << 0
        private static let thermalControl: UInt64 = 1 << 3
        private static let performanceMonitoring: UInt64 = 1 << 7
        private static let noBranchTraceStore: UInt64 = 1 << 11
        private static let noEventSampling: UInt64 = 1 << 12
        private static let speedStep: UInt64 = 1 << 16
        private static let monitor: UInt64 = 1 << 18
        private static let limitsCPUID: UInt64 = 1 << 22
        private static let noTaskPriorityMessages: UInt64 = 1 << 23
        private static let noExecuteDisable: UInt64 = 1 << 34

        private static let writable =
            fastStrings | thermalControl | speedStep | monitor | limitsCPUID | noTaskPriorityMessages | noExecuteDisable
        private static let readOnly = performanceMonitoring | noBranchTraceStore | noEventSampling

        static let reset = Self(rawValue: fastStrings | noBranchTraceStore | noEventSampling)

        /// Takes a value from the guest, except read-only bits; false if it sets a reserved bit.
        mutating func take(_ value: UInt64) -> Bool {
            guard value & ~(Self.writable | Self.readOnly) == 0 else { return false }
            rawValue = value & Self.writable | rawValue & Self.readOnly
            return true
        }
    }
}
