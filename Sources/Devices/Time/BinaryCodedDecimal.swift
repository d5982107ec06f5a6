/// Numbers with one decimal digit in every four bits, as the PC's clocks use them.
enum BinaryCodedDecimal {
    /// The digits of `number` that fit into `Code`.
    static func encode<Code: FixedWidthInteger>(_ number: UInt64, as code: Code.Type = Code.self) -> Code {
        var rest = number
        var result: Code = 0
        for shift in stride(from: 0, to: Code.bitWidth, by: 4) {
            result |= Code(truncatingIfNeeded: rest % 10) << Code(shift)
            rest /= 10
        }
        return result
    }

    /// The number that `code` encodes. A digit above 9 counts with its value.
    static func decode(_ code: some FixedWidthInteger) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: code.bitWidth - 4, through: 0, by: -4) {
            number = number * 10 + UInt64(truncatingIfNeeded: code >> shift & 0xF)
        }
        return number
    }
}
