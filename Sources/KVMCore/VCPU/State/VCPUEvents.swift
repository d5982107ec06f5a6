import CKVM

/// What is on its way into the processor between two instructions (`struct kvm_vcpu_events`).
public struct VCPUEvents: Hashable, Sendable {
    /// An exception, pending or being delivered.
    public var exception = Exception()
    /// An interrupt being delivered, and the shadow.
    public var interrupt = Interrupt()
    /// The non-maskable interrupt.
    public var nmi = NonMaskable()
    /// The vector of the last start-up interrupt, if it is valid (`KVM_VCPUEVENT_VALID_SIPI_VECTOR`).
    public var startupVector: UInt32 = 0
    /// Which fields are valid: `KVM_VCPUEVENT_VALID_*`. KVM accepts what it returned.
    public var validFields = ValidFields()
    /// System management mode.
    public var systemManagement = SystemManagement()
    /// A triple fault waits.
    public var tripleFaultPending = false

    /// Makes events with nothing on its way.
    public init() {}

    /// An exception, pending or being delivered.
    public struct Exception: Hashable, Sendable {
        /// Delivery has begun.
        public var injected = false
        /// Vector, 0 to 31.
        public var vector: UInt8 = 0
        /// It pushes an error code.
        public var hasErrorCode = false
        /// It has been raised, but delivery has not begun (needs `KVM_CAP_EXCEPTION_PAYLOAD`).
        public var pending = false
        /// The error code.
        public var errorCode: UInt32 = 0
        /// ``payload`` is valid.
        public var hasPayload = false
        /// CR2 or DR6 value that delivery stores.
        public var payload: UInt64 = 0

        /// No exception.
        public init() {}
    }

    /// An interrupt being delivered, and the shadow.
    public struct Interrupt: Hashable, Sendable {
        /// Delivery has begun.
        public var injected = false
        /// Vector.
        public var vector: UInt8 = 0
        /// Raised by an INT instruction.
        public var soft = false
        /// Bit 0 by MOV SS or POP SS, bit 1 by STI: the next boundary takes no interrupt.
        public var shadow: UInt8 = 0

        /// No interrupt.
        public init() {}
    }

    /// The non-maskable interrupt.
    public struct NonMaskable: Hashable, Sendable {
        /// Delivery has begun.
        public var injected = false
        /// The number of waiting interrupts.
        public var pending: UInt8 = 0
        /// Blocked until the next IRET.
        public var masked = false

        /// No interrupt.
        public init() {}
    }

    /// System management mode.
    public struct SystemManagement: Hashable, Sendable {
        /// The processor is in it.
        public var isActive = false
        /// An interrupt into this mode waits.
        public var pending = false
        /// It was entered from an NMI handler.
        public var isInsideNMI = false
        /// An INIT waits for the end of this mode.
        public var latchedInit = false

        /// Not in it.
        public init() {}
    }

    /// Which fields are valid.
    public struct ValidFields: OptionSet, Hashable, Sendable {
        /// As in `kvm_vcpu_events::flags`.
        public var rawValue: UInt32

        /// Makes a set of its bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// ``NonMaskable/pending``.
        public static let nmiPending = Self(rawValue: 1 << 0)
        /// ``VCPUEvents/startupVector``.
        public static let startupVector = Self(rawValue: 1 << 1)
        /// ``Interrupt/shadow``.
        public static let shadow = Self(rawValue: 1 << 2)
        /// ``VCPUEvents/systemManagement``.
        public static let systemManagement = Self(rawValue: 1 << 3)
        /// ``Exception/pending``, ``Exception/hasPayload`` and ``Exception/payload``.
        public static let payload = Self(rawValue: 1 << 4)
        /// ``VCPUEvents/tripleFaultPending``.
        public static let tripleFault = Self(rawValue: 1 << 5)
    }
}

extension VCPUEvents {
    init(_ events: kvm_vcpu_events) {
        exception.injected = events.exception.injected != 0
        exception.vector = events.exception.nr
        exception.hasErrorCode = events.exception.has_error_code != 0
        exception.pending = events.exception.pending != 0
        exception.errorCode = events.exception.error_code
        exception.hasPayload = events.exception_has_payload != 0
        exception.payload = events.exception_payload
        interrupt.injected = events.interrupt.injected != 0
        interrupt.vector = events.interrupt.nr
        interrupt.soft = events.interrupt.soft != 0
        interrupt.shadow = events.interrupt.shadow
        nmi.injected = events.nmi.injected != 0
        nmi.pending = events.nmi.pending
        nmi.masked = events.nmi.masked != 0
        startupVector = events.sipi_vector
        validFields = ValidFields(rawValue: events.flags)
        systemManagement.isActive = events.smi.smm != 0
        systemManagement.pending = events.smi.pending != 0
        systemManagement.isInsideNMI = events.smi.smm_inside_nmi != 0
        systemManagement.latchedInit = events.smi.latched_init != 0
        tripleFaultPending = events.triple_fault.pending != 0
    }

    var kernelValue: kvm_vcpu_events {
        var events = kvm_vcpu_events()
        events.exception.injected = exception.injected ? 1 : 0
        events.exception.nr = exception.vector
        events.exception.has_error_code = exception.hasErrorCode ? 1 : 0
        events.exception.pending = exception.pending ? 1 : 0
        events.exception.error_code = exception.errorCode
        events.exception_has_payload = exception.hasPayload ? 1 : 0
        events.exception_payload = exception.payload
        events.interrupt.injected = interrupt.injected ? 1 : 0
        events.interrupt.nr = interrupt.vector
        events.interrupt.soft = interrupt.soft ? 1 : 0
        events.interrupt.shadow = interrupt.shadow
        events.nmi.injected = nmi.injected ? 1 : 0
        events.nmi.pending = nmi.pending
        events.nmi.masked = nmi.masked ? 1 : 0
        events.sipi_vector = startupVector
        events.flags = validFields.rawValue
        events.smi.smm = systemManagement.isActive ? 1 : 0
        events.smi.pending = systemManagement.pending ? 1 : 0
        events.smi.smm_inside_nmi = systemManagement.isInsideNMI ? 1 : 0
        events.smi.latched_init = systemManagement.latchedInit ? 1 : 0
        events.triple_fault.pending = tripleFaultPending ? 1 : 0
        return events
    }
}
