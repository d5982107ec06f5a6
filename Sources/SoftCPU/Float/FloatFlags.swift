/// What an operation found: the exceptions in the places that MXCSR and the x87 status word have in common.
struct FloatFlags: OptionSet, BitwiseCopyable {
    let rawValue: UInt16

    static let invalid = FloatFlags(rawValue: 1 << 0)
    static let denormal = FloatFlags(rawValue: 1 << 1)
    static let divideByZero = FloatFlags(rawValue: 1 << 2)
    static let overflow = FloatFlags(rawValue: 1 << 3)
    static let underflow = FloatFlags(rawValue: 1 << 4)
    static let inexact = FloatFlags(rawValue: 1 << 5)
    /// The invalid operation is one of the x87 stack: SF of the status word.
    static let stackFault = FloatFlags(rawValue: 1 << 6)
    /// The magnitude of the result was rounded up: C1 of the status word.
    static let roundedUp = FloatFlags(rawValue: 1 << 9)

    /// Those that are found before there is a result: it is not stored where one of them is unmasked.
    static let early: FloatFlags = [.invalid, .denormal, .divideByZero]
    /// All exceptions.
    static let exceptions = FloatFlags(rawValue: 0x3F)
}
