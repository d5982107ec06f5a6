/// The width of one port or memory access. A port access is at most four bytes wide.
public enum AccessSize: UInt8, CaseIterable, Hashable, Sendable {
    /// 8 bits.
    case byte = 1
    /// 16 bits.
    case word = 2
    /// 32 bits.
    case doubleword = 4
    /// 64 bits: memory only.
    case quadword = 8

    /// Bytes.
    @inlinable public var byteCount: Int { Int(rawValue) }

    /// The bits that an access of this width carries, and the value of a read that nothing answers.
    @inlinable public var mask: UInt64 { UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* Int(rawValue)) }
}
