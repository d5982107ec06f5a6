/// What CPUID answers for one leaf, or for one subleaf of a leaf that has them.
public struct CPUIDEntry: Hashable, Sendable {
    /// Leaf: EAX before the instruction.
    public var function: UInt32
    /// Subleaf: ECX before the instruction; 0 and meaningless unless ``isIndexed``.
    public var index: UInt32
    /// The leaf has subleaves (`KVM_CPUID_FLAG_SIGNIFCANT_INDEX`).
    public var isIndexed: Bool
    /// EAX after the instruction.
    public var eax: UInt32
    /// EBX after the instruction.
    public var ebx: UInt32
    /// ECX after the instruction.
    public var ecx: UInt32
    /// EDX after the instruction.
    public var edx: UInt32

    /// Makes an entry of its parts.
    public init(
        function: UInt32,
        index: UInt32 = 0,
        isIndexed: Bool = false,
        eax: UInt32 = 0,
        ebx: UInt32 = 0,
        ecx: UInt32 = 0,
        edx: UInt32 = 0
    ) {
        self.function = function
        self.index = index
        self.isIndexed = isIndexed
        self.eax = eax
        self.ebx = ebx
        self.ecx = ecx
        self.edx = edx
    }
}
