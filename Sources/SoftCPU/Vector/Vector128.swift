/// The contents of an XMM register, or with an upper half of zero of an MMX register.
@safe
struct Vector128: BitwiseCopyable, Equatable {
    var low: UInt64 = 0
    var high: UInt64 = 0

    @inline(__always)
    init(low: UInt64 = 0, high: UInt64 = 0) {
        self.low = low
        self.high = high
    }

    // SAFETY of all that follow: both types are 16 bytes of plain integers.
    @inline(__always) init(_ lanes: SIMD16<UInt8>) { unsafe self = unsafeBitCast(lanes, to: Vector128.self) }
    @inline(__always) init(_ lanes: SIMD16<Int8>) { unsafe self = unsafeBitCast(lanes, to: Vector128.self) }
    @inline(__always) init(_ lanes: SIMD8<UInt16>) { unsafe self = unsafeBitCast(lanes, to: Vector128.self) }
    @inline(__always) init(_ lanes: SIMD8<Int16>) { unsafe self = unsafeBitCast(lanes, to: Vector128.self) }
    @inline(__always) init(_ lanes: SIMD4<UInt32>) { unsafe self = unsafeBitCast(lanes, to: Vector128.self) }
    @inline(__always) init(_ lanes: SIMD4<Int32>) { unsafe self = unsafeBitCast(lanes, to: Vector128.self) }

    @inline(__always) init(_ lanes: SIMD2<UInt64>) { self.init(low: lanes[0], high: lanes[1]) }
    @inline(__always)
    init(_ lanes: SIMD2<Int64>) {
        self.init(low: UInt64(bitPattern: lanes[0]), high: UInt64(bitPattern: lanes[1]))
    }
    @inline(__always)
    init(whole: UInt128) {
        self.init(low: UInt64(truncatingIfNeeded: whole), high: UInt64(truncatingIfNeeded: whole >> 64))
    }

    /// Its lanes, the lowest first.
    @inline(__always) var whole: UInt128 { UInt128(high) << 64 | UInt128(low) }
    @inline(__always) var bytes: SIMD16<UInt8> { unsafe unsafeBitCast(self, to: SIMD16<UInt8>.self) }
    @inline(__always) var signedBytes: SIMD16<Int8> { unsafe unsafeBitCast(self, to: SIMD16<Int8>.self) }
    @inline(__always) var words: SIMD8<UInt16> { unsafe unsafeBitCast(self, to: SIMD8<UInt16>.self) }
    @inline(__always) var signedWords: SIMD8<Int16> { unsafe unsafeBitCast(self, to: SIMD8<Int16>.self) }
    @inline(__always) var doublewords: SIMD4<UInt32> { unsafe unsafeBitCast(self, to: SIMD4<UInt32>.self) }
    @inline(__always) var signedDoublewords: SIMD4<Int32> { unsafe unsafeBitCast(self, to: SIMD4<Int32>.self) }
}
