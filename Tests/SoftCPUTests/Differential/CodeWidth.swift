@testable import SoftCPU

/// The kind of code whose instructions are compared.
enum CodeWidth {
    /// 64-bit mode.
    case bits64
    /// 32-bit code in compatibility mode.
    case bits32

    /// Those that can be compared here: what 32-bit code leaves undefined was measured on AMD Zen 5 alone.
    static let measured: [Self] = NativeCode.measuredQuirks == .zen5 ? [.bits64, .bits32] : [.bits64]

    /// As what it is decoded.
    var mode: CodeMode { self == .bits64 ? [.long, .stack32, .flat] : [.code32, .stack32, .flat] }
    /// How many general registers its instructions reach.
    var registerCount: Int { self == .bits64 ? 16 : 8 }
    /// The bits of a general register.
    var registerMask: UInt64 { self == .bits64 ? ~0 : 0xFFFF_FFFF }
    /// Whether bytes from 40 to 4F are REX prefixes.
    var hasREX: Bool { self == .bits64 }
}
