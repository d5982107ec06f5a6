/// An operand of 1, 2, 4 or 8 bytes.
protocol Word: FixedWidthInteger, UnsignedInteger, BitwiseCopyable where Magnitude == Self {
    /// The signed integer of the same size.
    associatedtype Signed: FixedWidthInteger & SignedInteger & BitwiseCopyable
    /// The unsigned integer of twice the size, as far as there is one.
}

extension UInt8: Word { typealias Signed = Int8 }
extension UInt16: Word { typealias Signed = Int16 }
extension UInt32: Word { typealias Signed = Int32 }
extension UInt64: Word { typealias Signed = Int64 }

extension Word {
    /// Bytes it takes.
    @inline(__always) static var bytes: Int { bitWidth / 8 }
    /// With its sign in all 64 bits.
    @inline(__always) var signExtended: UInt64 {
        UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: Signed(truncatingIfNeeded: self)))
    }
    /// Whether its highest bit is set.
    @inline(__always) var isNegative: Bool { self >> (Self.bitWidth - 1) != 0 }
}
