// Shifts: Intel SDM vol. 2, under each mnemonic. Counts are of 64 bits; all that are too great have the same effect.
extension Packed {
    @inline(__always)
    static func psllw(_ a: Vector128, _ count: UInt64) -> Vector128 {
        guard count < 16 else { return Vector128() }
        return Vector128(a.words &<< .init(repeating: UInt16(truncatingIfNeeded: count)))
    }
    @inline(__always)
    static func psrlw(_ a: Vector128, _ count: UInt64) -> Vector128 {
        guard count < 16 else { return Vector128() }
        return Vector128(a.words &>> .init(repeating: UInt16(truncatingIfNeeded: count)))
    }
    @inline(__always)
    static func psraw(_ a: Vector128, _ count: UInt64) -> Vector128 {
        Vector128(a.signedWords &>> .init(repeating: Int16(min(count, 15))))
    }
    @inline(__always)
    static func pslld(_ a: Vector128, _ count: UInt64) -> Vector128 {
        guard count < 32 else { return Vector128() }
        return Vector128(a.doublewords &<< .init(repeating: UInt32(truncatingIfNeeded: count)))
    }
    @inline(__always)
    static func psrld(_ a: Vector128, _ count: UInt64) -> Vector128 {
        guard count < 32 else { return Vector128() }
        return Vector128(a.doublewords &>> .init(repeating: UInt32(truncatingIfNeeded: count)))
    }
    @inline(__always)
    static func psrad(_ a: Vector128, _ count: UInt64) -> Vector128 {
        Vector128(a.signedDoublewords &>> .init(repeating: Int32(min(count, 31))))
    }
    @inline(__always)
    static func psllq(_ a: Vector128, _ count: UInt64) -> Vector128 {
        Vector128(low: a.low << count, high: a.high << count)
    }
    @inline(__always)
    static func psrlq(_ a: Vector128, _ count: UInt64) -> Vector128 {
        Vector128(low: a.low >> count, high: a.high >> count)
    }
    /// Shifts by bytes.
    @inline(__always)
    static func pslldq(_ a: Vector128, _ count: UInt64) -> Vector128 {
        Vector128(whole: a.whole << UInt128(min(count, 16) * 8))
    }
    @inline(__always)
    static func psrldq(_ a: Vector128, _ count: UInt64) -> Vector128 {
        Vector128(whole: a.whole >> UInt128(min(count, 16) * 8))
    }
    /// Bytes from a place in b on, followed by a.
    @inline(__always)
    static func palignr(_ a: Vector128, _ b: Vector128, _ control: UInt8) -> Vector128 {
        let count = UInt64(control)
        if count >= 16 { return psrldq(a, count - 16) }
        return por(psrldq(b, count), pslldq(a, 16 - count))
    }
}
