/// The instructions on MMX registers whose lanes cross, each under its mnemonic; the others are those of ``Packed``.
enum MMX {
    /// Both operands side by side: what becomes of them in an XMM register has the result below.
    @inline(__always)
    private static func joined(_ a: UInt64, _ b: UInt64) -> Vector128 { Vector128(low: a, high: b) }

    @inline(__always)
    static func packsswb(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.packsswb(joined(a, b), Vector128()).low }
    @inline(__always)
    static func packuswb(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.packuswb(joined(a, b), Vector128()).low }
    @inline(__always)
    static func packssdw(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.packssdw(joined(a, b), Vector128()).low }
    @inline(__always)
    static func phaddw(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.phaddw(joined(a, b), Vector128()).low }
    @inline(__always)
    static func phaddd(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.phaddd(joined(a, b), Vector128()).low }
    @inline(__always)
    static func phaddsw(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.phaddsw(joined(a, b), Vector128()).low }
    @inline(__always)
    static func phsubw(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.phsubw(joined(a, b), Vector128()).low }
    @inline(__always)
    static func phsubd(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.phsubd(joined(a, b), Vector128()).low }
    @inline(__always)
    static func phsubsw(_ a: UInt64, _ b: UInt64) -> UInt64 { Packed.phsubsw(joined(a, b), Vector128()).low }

    /// Of interleaved lanes the upper ones: the upper half of what an XMM register has below.
    @inline(__always)
    static func punpckhbw(_ a: UInt64, _ b: UInt64) -> UInt64 {
        Packed.punpcklbw(Vector128(low: a), Vector128(low: b)).high
    }
    @inline(__always)
    static func punpckhwd(_ a: UInt64, _ b: UInt64) -> UInt64 {
        Packed.punpcklwd(Vector128(low: a), Vector128(low: b)).high
    }
    @inline(__always)
    static func punpckhdq(_ a: UInt64, _ b: UInt64) -> UInt64 {
        Packed.punpckldq(Vector128(low: a), Vector128(low: b)).high
    }

    @inline(__always)
    static func pshufb(_ a: UInt64, _ b: UInt64) -> UInt64 {
        Packed.pshufb(Vector128(low: a), Vector128(low: b & 0x8787_8787_8787_8787)).low
    }
    @inline(__always)
    static func pshufw(_ a: UInt64, _ control: UInt8) -> UInt64 {
        var result: UInt64 = 0
        for index in 0..<UInt64(4) {
            let place = UInt64(control) >> (2 * index) & 3
            result |= (a >> (16 * place) & 0xFFFF) << (16 * index)
        }
        return result
    }
    @inline(__always)
    static func palignr(_ a: UInt64, _ b: UInt64, _ control: UInt8) -> UInt64 {
        Packed.psrldq(joined(b, a), UInt64(control)).low
    }
}
