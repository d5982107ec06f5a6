import CKVM

/// The registers of a local APIC in the kernel, laid out as in its page (`struct kvm_lapic_state`; Intel SDM vol. 3,
/// table 11-1).
public struct LocalAPICState: Hashable, Sendable {
    /// The first KiB of the page. Each register is the first four of sixteen bytes.
    public private(set) var bytes: [UInt8]

    /// How many bytes of the page KVM keeps (`KVM_APIC_REG_SIZE`).
    public static let size = Int(KVM_APIC_REG_SIZE)

    /// All registers zero.
    public init() { bytes = [UInt8](repeating: 0, count: Self.size) }

    /// One register.
    public subscript(register: Register) -> UInt32 {
        get { (0..<4).reduce(0) { $0 | UInt32(bytes[register.offset + $1]) << UInt32(8 * $1) } }
        set {
            for index in 0..<4 { bytes[register.offset + index] = UInt8(truncatingIfNeeded: newValue >> (8 * index)) }
        }
    }

    /// A register by its number: a sixteenth of its offset in the page. An x2APIC numbers its registers from MSR 0x800
    /// on in the same way.
    public struct Register: RawRepresentable, Hashable, Sendable {
        /// 0 to 63.
        public let rawValue: UInt8

        /// Makes a register of its number; nil if the page has none of that number.
        public init?(rawValue: UInt8) {
            guard Int(rawValue) < LocalAPICState.size / 16 else { return nil }
            self.rawValue = rawValue
        }

        private init(offset: Int) { rawValue = UInt8(offset / 16) }

        /// Where it is in the page.
        var offset: Int { Int(rawValue) * 16 }

        /// The APIC's number: in bits 24 to 31, or, if the guest uses an x2APIC and `KVM_CAP_X2APIC_API` is enabled for
        /// it, in all bits.
        public static let id = Self(offset: 0x20)
        /// The version.
        public static let version = Self(offset: 0x30)
        /// The task priority.
        public static let taskPriority = Self(offset: 0x80)
        /// The processor priority: KVM computes it.
        public static let processorPriority = Self(offset: 0xA0)
        /// The logical destination.
        public static let logicalDestination = Self(offset: 0xD0)
        /// The destination format.
        public static let destinationFormat = Self(offset: 0xE0)
        /// The spurious interrupt's vector; bit 8 enables the APIC.
        public static let spuriousVector = Self(offset: 0xF0)
        /// The timer's entry of the local vector table.
        public static let timer = Self(offset: 0x320)
        /// LINT0's entry of the local vector table.
        public static let localInterrupt0 = Self(offset: 0x350)
        /// LINT1's entry of the local vector table.
        public static let localInterrupt1 = Self(offset: 0x360)
        /// The count from which the timer starts.
        public static let timerInitialCount = Self(offset: 0x380)
        /// The timer's present count.
        public static let timerCurrentCount = Self(offset: 0x390)
        /// What the timer's clock is divided by.
        public static let timerDivider = Self(offset: 0x3E0)
    }
}

extension VCPU {
    /// The registers of the local APIC in the kernel (`KVM_GET_LAPIC`).
    ///
    /// - Throws: a refusal if the local APIC is not in the kernel; ``VM/createIRQChip()`` puts it there.
    public func localAPIC() throws(KVMError) -> LocalAPICState {
        try requireLocalAPIC(for: .getLocalAPIC)
        var state = LocalAPICState()
        try state.withBytes { bytes throws(KVMError) in try descriptor.call(.getLocalAPIC, withBytes: &bytes) }
        return state
    }

    /// Sets the registers of the local APIC in the kernel (`KVM_SET_LAPIC`). Set IA32_APIC_BASE first, which decides
    /// what they mean.
    public mutating func setLocalAPIC(_ state: LocalAPICState) throws(KVMError) {
        try requireLocalAPIC(for: .setLocalAPIC)
        var copy = state
        try copy.withBytes { bytes throws(KVMError) in try descriptor.call(.setLocalAPIC, withBytes: &bytes) }
        // CR8 is the task priority, and an interrupt may be on its way now.
        freshRegisters.subtract([.special, .events])
    }

    private func requireLocalAPIC(for request: Request) throws(KVMError) {
        guard features.hasLocalAPIC else {
            throw KVMError(request, refused: "the VM has no local APICs in the kernel")
        }
    }
}

extension LocalAPICState {
    fileprivate mutating func withBytes(
        _ body: (inout MutableRawSpan) throws(KVMError) -> Void
    ) throws(KVMError) {
        var span = bytes.mutableSpan
        // SAFETY: any byte is a valid element.
        var raw = unsafe span.mutableBytes
        try body(&raw)
    }
}
