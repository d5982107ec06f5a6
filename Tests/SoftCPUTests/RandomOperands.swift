import ByteCoding
import Foundation

@testable import SoftCPU

/// Operands for comparisons with the processor: the same ones in each run, and as many of those at the edges as of others.
struct RandomOperands: RandomNumberGenerator {
    private var numbers: SplitMix64

    init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    mutating func next() -> UInt64 { numbers.next() }

    /// A number below a bound.
    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }

    /// Bits of a significand: random, few, or many.
    private mutating func fraction() -> UInt64 {
        switch below(6) {
        case 0: 0
        case 1: ~0
        case 2: 1 << below(64) | 1 << below(64)
        case 3: ~0 << below(64)
        case 4: ~(1 << below(64))
        default: next()
        }
    }

    /// An exponent field: any, at an end, or near 1.
    private mutating func field(bits: UInt64) -> UInt64 {
        let top: UInt64 = 1 << bits - 1
        return switch below(8) {
        case 0: 0
        case 1: top
        case 2: below(4)
        case 3: top - below(4)
        case 4: below(top + 1)
        default: (top / 2 - 40 + below(80)) & top
        }
    }

    mutating func single() -> SoftSingle {
        let field = UInt32(field(bits: 8))
        return SoftSingle(bits: UInt32(below(2)) << 31 | field << 23 | UInt32(fraction() >> 41))
    }

    mutating func double() -> SoftDouble {
        SoftDouble(bits: below(2) << 63 | field(bits: 11) << 52 | fraction() >> 12)
    }

    /// Almost always with the bit before the point as it must be.
    mutating func extended() -> SoftExtended {
        let field = field(bits: 15)
        let fraction = fraction() >> 1
        let isUsual = below(16) != 0
        let integer: UInt64 = isUsual ? (field == 0 ? 0 : 1) : below(2)
        return SoftExtended(
            significand: integer << 63 | fraction,
            signAndExponent: UInt16(below(2) << 15 | field)
        )
    }

    /// A number near another, so that differences cancel.
    mutating func near(_ number: SoftDouble) -> SoftDouble {
        SoftDouble(bits: (number.bits ^ below(2) << 63) &+ below(64) &- 32)
    }
    mutating func near(_ number: SoftSingle) -> SoftSingle {
        SoftSingle(bits: (number.bits ^ UInt32(below(2)) << 31) &+ UInt32(below(64)) &- 32)
    }
    mutating func near(_ number: SoftExtended) -> SoftExtended {
        SoftExtended(
            significand: number.significand &+ below(64) &- 32,
            signAndExponent: number.signAndExponent ^ UInt16(below(2) << 15)
        )
    }

    /// MXCSR with any rounding, and exceptions masked more often than not.
    mutating func mxcsr() -> UInt32 {
        let masks: UInt32 = below(3) != 0 ? 0x1F80 : UInt32(below(64)) << 7
        let zeros = below(2) == 0 ? 0 : UInt32(below(4))
        let misaligned: UInt32 = NativeCode.quirks.contains(.misalignedVectors) && below(8) == 0 ? 1 << 17 : 0
        return masks | UInt32(below(4)) << 13 | (zeros & 1) << 15 | (zeros >> 1) << 6 | misaligned
    }

    /// A control word with any rounding and precision, and exceptions masked more often than not.
    mutating func controlWord() -> UInt16 {
        let masks: UInt16 = below(3) != 0 ? 0x3F : UInt16(below(64))
        let precision: [UInt16] = [0, 2, 3, 3]
        return masks | precision[Int(below(4))] << 8 | UInt16(below(4)) << 10 | 0x40
    }

    /// Any bits, with lanes at the edges of their range among them.
    mutating func vector() -> Vector128 {
        let interesting: [UInt64] = [0, ~0, 0x8000_8000_8000_8000, 0x7FFF_7FFF_7FFF_7FFF, 0x8080_8080_8080_8080]
        var result = Vector128(low: next(), high: next())
        if below(4) == 0 { result.low = interesting[Int(below(5))] ^ 1 << below(64) }
        if below(4) == 0 { result.high = interesting[Int(below(5))] ^ 1 << below(64) }
        return result
    }

    /// How many comparisons a test makes of each operation.
    static let count = ProcessInfo.processInfo.environment["RR_VM_SLOW_TESTS"] == nil ? 20_000 : 400_000

    /// The first few differences that a comparison finds.
    static func differences(
        _ name: String,
        count: Int = RandomOperands.count,
        _ compare: (inout RandomOperands) -> String?
    ) -> [String] {
        var operands = RandomOperands(seed: name.utf8.reduce(1) { $0 &* 31 &+ UInt64($1) })
        var found: [String] = []
        var turn = 0
        while turn < count, found.count < 5 {
            if let difference = compare(&operands) { found.append("\(name): \(difference)") }
            turn += 1
        }
        return found
    }
}
