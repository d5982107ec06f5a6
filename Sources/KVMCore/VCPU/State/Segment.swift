import CKVM

/// A segment register with its hidden part (`struct kvm_segment`; Intel SDM vol. 3, 3.4.5 for the fields).
public struct Segment: Hashable, Sendable {
    /// Linear address of the first byte.
    public var base: UInt64
    /// Offset of the last byte, with granularity applied.
    public var limit: UInt32
    /// What the guest loaded.
    public var selector: UInt16
    /// Type, 4 bits.
    public var type: UInt8
    /// P.
    public var isPresent: Bool
    /// Descriptor privilege level, 0 to 3.
    public var privilegeLevel: UInt8
    /// D/B: 32-bit default size.
    public var isDefault32: Bool
    /// S: code or data, not a system segment.
    public var isCodeOrData: Bool
    /// L: 64-bit code.
    public var isLong: Bool
    /// G: the limit counts pages.
    public var isPageGranular: Bool
    /// AVL: for the guest's use.
    public var availableBit: Bool
    /// The register holds nothing usable.
    public var isUnusable: Bool

    /// Makes a segment of its parts; without any, a present read-write data segment of the first 64 KiB.
    public init(
        base: UInt64 = 0,
        limit: UInt32 = 0xFFFF,
        selector: UInt16 = 0,
        type: UInt8 = 3,
        isPresent: Bool = true,
        privilegeLevel: UInt8 = 0,
        isDefault32: Bool = false,
        isCodeOrData: Bool = true,
        isLong: Bool = false,
        isPageGranular: Bool = false,
        availableBit: Bool = false,
        isUnusable: Bool = false
    ) {
        self.base = base
        self.limit = limit
        self.selector = selector
        self.type = type
        self.isPresent = isPresent
        self.privilegeLevel = privilegeLevel
        self.isDefault32 = isDefault32
        self.isCodeOrData = isCodeOrData
        self.isLong = isLong
        self.isPageGranular = isPageGranular
        self.availableBit = availableBit
        self.isUnusable = isUnusable
    }
}

extension Segment {
    init(_ segment: kvm_segment) {
        base = segment.base
        limit = segment.limit
        selector = segment.selector
        type = segment.type
        isPresent = segment.present != 0
        privilegeLevel = segment.dpl
        isDefault32 = segment.db != 0
        isCodeOrData = segment.s != 0
        isLong = segment.l != 0
        isPageGranular = segment.g != 0
        availableBit = segment.avl != 0
        isUnusable = segment.unusable != 0
    }

    var kernelValue: kvm_segment {
        kvm_segment(
            base: base,
            limit: limit,
            selector: selector,
            type: type,
            present: isPresent ? 1 : 0,
            dpl: privilegeLevel,
            db: isDefault32 ? 1 : 0,
            s: isCodeOrData ? 1 : 0,
            l: isLong ? 1 : 0,
            g: isPageGranular ? 1 : 0,
            avl: availableBit ? 1 : 0,
            unusable: isUnusable ? 1 : 0,
            padding: 0
        )
    }
}
