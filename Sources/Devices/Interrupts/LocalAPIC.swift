/// The local APIC of a machine's one processor, in xAPIC mode: 4 KiB of memory-mapped registers (Intel SDM volume 3,
/// chapter 11).
public struct LocalAPIC: Sendable {
    /// The size of the registers in bytes.
    public static let byteCount: UInt64 = 0x1000

    /// The local interrupt pins.
    public enum Pin: Sendable {
        /// Wired to the 8259 pair.
        case lint0
        /// Wired to the non-maskable interrupt.
        case lint1
    }

    /// What the processor must do besides taking interrupts.
    public struct Signals: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8
        /// Makes a set of its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Take a non-maskable interrupt.
        public static let nonMaskableInterrupt = Self(rawValue: 1 << 0)
        /// Take a system management interrupt.
        public static let systemManagementInterrupt = Self(rawValue: 1 << 1)
        /// Start again from the reset vector, as INIT does on the boot processor.
        public static let initialize = Self(rawValue: 1 << 2)
    }

    /// Everything that the APIC remembers.
    public struct State: Hashable, Sendable {
        var isGloballyEnabled = true
        var identifier: UInt8
        var taskPriority: UInt8 = 0
        var logicalDestination: UInt8 = 0
        var destinationFormat: UInt8 = 0xFF
        var spurious: UInt32 = 0xFF
        var requests = VectorSet()
        var inService = VectorSet()
        var levelTriggered = VectorSet()
        var errors: Errors = []
        var visibleErrors: Errors = []
        var command: UInt64 = 0
        var timerEntry = LocalVector.reset
        var thermalEntry = LocalVector.reset
        var performanceEntry = LocalVector.reset
        var lint0Entry = LocalVector.reset
        var lint1Entry = LocalVector.reset
        var errorEntry = LocalVector.reset
        var lint0 = false
        var lint1 = false
        var signals: Signals = []
        var timer = Timer()
    }

    /// What the APIC remembers.
    public internal(set) var state: State

    /// An APIC after reset, enabled in IA32_APIC_BASE and disabled by software.
    public init(identifier: UInt8 = 0) { state = State(identifier: identifier) }

    /// An APIC as it was.
    public init(state: State) { self.state = state }

    /// Bit 11 of IA32_APIC_BASE. Without it, the processor takes the interrupts of the 8259 pair directly, the
    /// registers float, and their contents are lost.
    public var isGloballyEnabled: Bool {
        get { state.isGloballyEnabled }
        set {
            let timer = Timer(tick: state.timer.tick)
            let (lint0, lint1) = (state.lint0, state.lint1)
            if !newValue { self = LocalAPIC(identifier: state.identifier) }
            if !newValue { (state.lint0, state.lint1, state.timer) = (lint0, lint1, timer) }
            state.isGloballyEnabled = newValue
        }
    }

    /// CR8: the upper four bits of the task priority.
    public var taskPriorityClass: UInt8 {
        get { state.taskPriority >> 4 }
        set { state.taskPriority = newValue << 4 }
    }

    /// Whether the processor takes the interrupts of the 8259 pair, either through LINT0 as an external interrupt, or
    /// directly because the APIC is disabled. The vector then comes from the pair.
    public var passesExternalInterrupts: Bool {
        guard isGloballyEnabled else { return true }
        return isSoftwareEnabled && !state.lint0Entry.isMasked && state.lint0Entry.mode == .external
    }

    /// Whether LINT0 turns an interrupt of the 8259 pair into a non-maskable one.
    public var takesPairAsNonMaskable: Bool {
        isGloballyEnabled && !state.lint0Entry.isMasked && state.lint0Entry.mode == .nonMaskable
    }

    /// Whether a message is for this processor.
    public func isAddressed(by message: InterruptMessage) -> Bool {
        isGloballyEnabled && isAddressed(message.destination, isLogical: message.isLogical)
    }

    /// Whether the APIC has an interrupt of its own for the processor.
    public var interruptLine: Bool { deliverable != nil }

    /// The vector that ``acknowledge()`` would give now, if there is an interrupt.
    public var pendingVector: UInt8? { deliverable }

    /// The processor takes the interrupt. Returns its vector, which is in service from now on, or the spurious vector
    /// if none is left.
    public mutating func acknowledge() -> UInt8 {
        guard let vector = deliverable else { return UInt8(truncatingIfNeeded: state.spurious) }
        state.requests.remove(vector)
        state.inService.insert(vector)
        return vector
    }

    /// What has been signalled to the processor since this was last asked.
    public mutating func takeSignals() -> Signals {
        defer { state.signals = [] }
        return state.signals
    }

    /// Whether ``takeSignals()`` would return any.
    public var hasSignals: Bool { !state.signals.isEmpty }

    /// Sets the level of a local interrupt pin.
    public mutating func setPin(_ pin: Pin, _ level: Bool) {
        let before = pin == .lint0 ? state.lint0 : state.lint1
        if pin == .lint0 { state.lint0 = level } else { state.lint1 = level }
        let entry = pin == .lint0 ? state.lint0Entry : state.lint1Entry
        guard level, !before || entry.isLevelTriggered else { return }
        raise(entry)
    }

    /// A message arrives. False if it is not taken: it is not for this processor, or it has a vector and software has
    /// disabled the APIC, or its vector is invalid.
    public mutating func deliver(_ message: InterruptMessage) -> Bool {
        guard isAddressed(by: message) else { return false }
        accept(message.mode, vector: message.vector, isLevelTriggered: message.isLevelTriggered)
        let hasVector = message.mode == .fixed || message.mode == .lowestPriority
        return !hasVector || isSoftwareEnabled && message.vector >= 16
    }
}
