/// Rounding control, by its two bits in MXCSR and the x87 control word.
enum Rounding: UInt8, BitwiseCopyable {
    case nearest, down, up, towardZero

    /// Whether a magnitude goes up to the next one that can be represented.
    ///
    /// - Parameter isOdd: the last bit that is kept is 1.
    /// - Parameter half: the first bit that is dropped.
    /// - Parameter rest: a bit behind that one is 1.
    @inline(__always)
    func increments(isNegative: Bool, isOdd: Bool, half: Bool, rest: Bool) -> Bool {
        switch self {
        case .nearest: half && (rest || isOdd)
        case .down: isNegative && (half || rest)
        case .up: !isNegative && (half || rest)
        case .towardZero: false
        }
    }
}
