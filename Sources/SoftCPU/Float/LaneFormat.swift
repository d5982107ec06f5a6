/// A format that lanes of XMM registers have.
protocol LaneFormat: FloatFormat {
    associatedtype Bits: Word
    /// The type of the host's with the same format.
    associatedtype Host: BinaryFloatingPoint

    var bits: Bits { get }
    init(bits: Bits)
    /// The same number as the host has it.
    var host: Host { get }
    init(_ host: Host)
}

extension SoftSingle: LaneFormat {
    @inline(__always) var host: Float { Float(bitPattern: bits) }
    @inline(__always) init(_ host: Float) { self.init(bits: host.bitPattern) }
}

extension SoftDouble: LaneFormat {
    @inline(__always) var host: Double { Double(bitPattern: bits) }
    @inline(__always) init(_ host: Double) { self.init(bits: host.bitPattern) }
}

extension LaneFormat {
    /// Lanes of an XMM register.
    @inline(__always) static var laneCount: Int { 128 / Bits.bitWidth }

    /// The exponent with its bias.
    @inline(__always) var field: Int {
        Int(truncatingIfNeeded: bits &>> Bits(Self.precision - 1)) & Self.topField
    }

    /// Neither denormal nor infinite nor a NaN: no exception follows from the operand alone.
    @inline(__always) var isOrdinary: Bool { field == 0 ? bits &<< 1 == 0 : field != Self.topField }
    /// A result that can have been rounded, but neither overflows nor is tiny, before rounding or behind it.
    @inline(__always) var isOrdinaryResult: Bool { field > 1 && field != Self.topField }
}

extension Vector128 {
    /// A lane as a floating-point number.
    @inline(__always)
    func lane<F: LaneFormat>(_ index: Int, _: F.Type = F.self) -> F {
        if F.Bits.bitWidth == 64 { return F(bits: F.Bits(truncatingIfNeeded: index == 0 ? low : high)) }
        return F(bits: F.Bits(truncatingIfNeeded: (index < 2 ? low : high) &>> UInt64(32 * (index & 1))))
    }

    @inline(__always)
    mutating func setLane<F: LaneFormat>(_ index: Int, _ value: F) {
        let bits = UInt64(truncatingIfNeeded: value.bits)
        if F.Bits.bitWidth == 64 {
            if index == 0 { low = bits } else { high = bits }
            return
        }
        let shift = UInt64(32 * (index & 1))
        let mask = 0xFFFF_FFFF &<< shift as UInt64
        if index < 2 { low = low & ~mask | bits &<< shift } else { high = high & ~mask | bits &<< shift }
    }

    /// A vector of lanes that a function gives.
    @inline(__always)
    init<F: LaneFormat>(_: F.Type, _ lane: (Int) -> F) {
        self.init()
        for index in 0..<F.laneCount { setLane(index, lane(index)) }
    }
}
