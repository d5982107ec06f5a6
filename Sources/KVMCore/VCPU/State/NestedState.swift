import CKVM

/// What KVM keeps about a guest's own guest (`struct kvm_nested_state`; KVM API documentation, section 4.114). Only a
/// host of the same kind can use it.
public struct NestedState: Hashable, Sendable {
    /// The structure as KVM wrote it: a header of ``headerSize`` bytes, and data that the format defines.
    public let bytes: [UInt8]

    /// The size of the header in bytes.
    public static let headerSize = 128

    /// Makes a state of bytes that ``bytes`` gave.
    ///
    /// - Throws: a refusal if they are not a whole structure.
    public init(bytes: [UInt8]) throws(KVMError) {
        guard bytes.count >= Self.headerSize, Self.integer(bytes[4..<8]) == bytes.count else {
            throw KVMError(
                .setNestedState,
                refused: "the header must be whole and give the number of bytes",
                about: "\(bytes.count) bytes"
            )
        }
        self.bytes = bytes
    }

    /// The kind of nested virtualization.
    public var format: Format { Format(rawValue: UInt16(Self.integer(bytes[2..<4]))) }

    /// What the guest was doing.
    public var flags: Flags { Flags(rawValue: UInt16(Self.integer(bytes[0..<2]))) }

    /// Little-endian.
    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A kind of nested virtualization.
    public struct Format: RawRepresentable, Hashable, Sendable {
        /// KVM's number for it.
        public var rawValue: UInt16

        /// Makes a format of KVM's number for it.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// VMX (`KVM_STATE_NESTED_FORMAT_VMX`).
        public static let vmx = Self(rawValue: 0)
        /// SVM (`KVM_STATE_NESTED_FORMAT_SVM`).
        public static let svm = Self(rawValue: 1)
    }

    /// What the guest was doing.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// As in `kvm_nested_state::flags`.
        public var rawValue: UInt16

        /// Makes flags of their bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The guest's guest was running (`KVM_STATE_NESTED_GUEST_MODE`).
        public static let guestMode = Self(rawValue: 1 << 0)
        /// It was about to be entered (`KVM_STATE_NESTED_RUN_PENDING`).
        public static let runPending = Self(rawValue: 1 << 1)
        /// An enlightened VMCS is in use (`KVM_STATE_NESTED_EVMCS`).
        public static let enlightenedVMCS = Self(rawValue: 1 << 2)
        /// A monitor trap waits (`KVM_STATE_NESTED_MTF_PENDING`).
        public static let monitorTrapPending = Self(rawValue: 1 << 3)
        /// The global interrupt flag is set (`KVM_STATE_NESTED_GIF_SET`).
        public static let globalInterruptFlag = Self(rawValue: 1 << 8)
    }
}

extension VCPU {
    /// What KVM keeps about the guest's own guest (`KVM_GET_NESTED_STATE`).
    public func nestedState() throws(KVMError) -> NestedState {
        try requireNestedState(for: .getNestedState)
        let room = max(features.nestedStateSize, NestedState.headerSize)
        var bytes = [UInt8](repeating: 0, count: room)
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: room >> (8 * index)) }
        try transfer(.getNestedState, &bytes)
        let size = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
        return try NestedState(bytes: Array(bytes.prefix(size)))
    }

    /// Sets what KVM keeps about the guest's own guest (`KVM_SET_NESTED_STATE`). Set special registers and MSRs first.
    public mutating func setNestedState(_ state: NestedState) throws(KVMError) {
        try requireNestedState(for: .setNestedState)
        var bytes = state.bytes
        try transfer(.setNestedState, &bytes)
        freshRegisters = []
    }

    private func transfer(_ request: Request, _ bytes: inout [UInt8]) throws(KVMError) {
        var span = bytes.mutableSpan
        // SAFETY: any byte is a valid element; the header says how many there are, and the kernel touches no more.
        var raw = unsafe span.mutableBytes
        try descriptor.call(request, withBytes: &raw)
    }

    private func requireNestedState(for request: Request) throws(KVMError) {
        guard features.nestedStateSize > 0 else { throw KVMError(request, lacks: .nestedState) }
    }
}
