/// PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM (Intel SDM vol. 2, 4.1).
struct StringComparison {
    /// ECX of the forms that give an index.
    let index: UInt64
    /// XMM0 of the forms that give a mask.
    let mask: Vector128
    let carry: Bool
    let zero: Bool
    let sign: Bool
    let overflow: Bool

    /// Compares strings whose lengths are given, in characters; those that are too great, or negative, are clamped.
    init(_ a: Vector128, length first: Int64, _ b: Vector128, length second: Int64, _ control: UInt8) {
        let count: UInt64 = control & 1 != 0 ? 8 : 16
        self.init(a, Int(min(first.magnitude, count)), b, Int(min(second.magnitude, count)), control)
    }

    /// Compares strings that end before a character of zero.
    init(_ a: Vector128, _ b: Vector128, _ control: UInt8) {
        self.init(a, Self.length(a, control), b, Self.length(b, control), control)
    }

    private static func length(_ string: Vector128, _ control: UInt8) -> Int {
        let count = control & 1 != 0 ? 8 : 16
        for index in 0..<count where character(string, index, control) == 0 { return index }
        return count
    }

    /// A character, with its sign if characters have one.
    private static func character(_ string: Vector128, _ index: Int, _ control: UInt8) -> Int32 {
        switch control & 3 {
        case 0: Int32(string.bytes[index])
        case 1: Int32(string.words[index])
        case 2: Int32(string.signedBytes[index])
        default: Int32(string.signedWords[index])
        }
    }

    private init(_ a: Vector128, _ first: Int, _ b: Vector128, _ second: Int, _ control: UInt8) {
        let count = control & 1 != 0 ? 8 : 16
        var result: UInt32 = 0
        for place in 0..<count where Self.matches(a, first, b, second, control, at: place) {
            result |= 1 << UInt32(place)
        }
        let all: UInt32 = (1 << UInt32(count)) - 1
        switch control >> 4 & 3 {
        case 1: result ^= all
        case 3: result ^= (1 << UInt32(second)) - 1
        default: break
        }
        if result == 0 {
            index = UInt64(count)
        } else {
            index = UInt64(control & 0x40 != 0 ? 31 - result.leadingZeroBitCount : result.trailingZeroBitCount)
        }
        mask = control & 0x40 != 0 ? Self.widened(result, control) : Vector128(low: UInt64(result))
        carry = result != 0
        zero = second < count
        sign = first < count
        overflow = result & 1 != 0
    }

    /// One bit of the intermediate result.
    private static func matches(
        _ a: Vector128,
        _ first: Int,
        _ b: Vector128,
        _ second: Int,
        _ control: UInt8,
        at place: Int
    ) -> Bool {
        let count = control & 1 != 0 ? 8 : 16
        switch control >> 2 & 3 {
        case 0:
            guard place < second else { return false }
            let wanted = character(b, place, control)
            for index in 0..<first where character(a, index, control) == wanted { return true }
            return false
        case 1:
            guard place < second else { return false }
            let wanted = character(b, place, control)
            var index = 0
            while index + 1 < first {
                if character(a, index, control) <= wanted, wanted <= character(a, index + 1, control) { return true }
                index += 2
            }
            return false
        case 2:
            if place >= first || place >= second { return place >= first && place >= second }
            return character(a, place, control) == character(b, place, control)
        default:
            // A substring that may go on behind the end of the register.
            var index = 0
            while index < first, place + index < count {
                if place + index >= second { return false }
                if character(a, index, control) != character(b, place + index, control) { return false }
                index += 1
            }
            return true
        }
    }

    /// A mask of bits as one of whole characters.
    private static func widened(_ bits: UInt32, _ control: UInt8) -> Vector128 {
        if control & 1 != 0 {
            var result = SIMD8<UInt16>()
            for index in 0..<8 where bits >> UInt32(index) & 1 != 0 { result[index] = ~0 }
            return Vector128(result)
        }
        var result = SIMD16<UInt8>()
        for index in 0..<16 where bits >> UInt32(index) & 1 != 0 { result[index] = ~0 }
        return Vector128(result)
    }
}
