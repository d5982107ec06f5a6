/// The model-specific registers that a guest can access without an exit (`struct kvm_msr_filter`).
public struct MSRFilter: Equatable, Sendable {
    /// Whether registers outside every range can be accessed.
    public var allowsOthers: Bool
    /// The ranges, at most 16.
    public var ranges: [Range]

    /// Makes a filter of its parts; without ranges it lets everything through.
    public init(allowsOthers: Bool = true, ranges: [Range] = []) {
        self.allowsOthers = allowsOthers
        self.ranges = ranges
    }

    /// Consecutive registers with a decision for each.
    public struct Range: Equatable, Sendable {
        /// The accesses about which the range decides.
        public var access: Access
        /// The first register.
        public var first: MSRNumber
        /// Whether each register from the first on may be accessed; 1 to 12288 of them.
        public var allowed: [Bool]

        /// Makes a range of its parts.
        public init(access: Access, first: MSRNumber, allowed: [Bool]) {
            self.access = access
            self.first = first
            self.allowed = allowed
        }

        /// One bit for each register, as the kernel expects it.
        var bitmap: [UInt8] {
            var bytes = [UInt8](repeating: 0, count: (allowed.count + 7) / 8)
            for (index, isAllowed) in allowed.enumerated() where isAllowed { bytes[index / 8] |= 1 << UInt8(index % 8) }
            return bytes
        }
    }

    /// Reading, writing or both.
    public struct Access: OptionSet, Hashable, Sendable {
        /// As in `kvm_msr_filter_range::flags`.
        public var rawValue: UInt32

        /// Makes an access of its bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// RDMSR (`KVM_MSR_FILTER_READ`).
        public static let read = Self(rawValue: 1 << 0)
        /// WRMSR (`KVM_MSR_FILTER_WRITE`).
        public static let write = Self(rawValue: 1 << 1)
    }
}
