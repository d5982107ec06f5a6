/// How code is decoded and how it addresses memory: with the physical address, what identifies a block.
struct CodeMode: OptionSet, Hashable {
    var rawValue: UInt8

    /// 64-bit code.
    static let long = Self(rawValue: 1)
    /// 32-bit code; without this and ``long``, 16-bit code.
    static let code32 = Self(rawValue: 2)
    /// The stack pointer is ESP (RSP in 64-bit code); else SP.
    static let stack32 = Self(rawValue: 4)
    /// CS, SS, DS and ES begin at 0 and have no limit: offsets are linear addresses.
    static let flat = Self(rawValue: 8)
    /// Real-address or virtual-8086 mode.
    static let realStyle = Self(rawValue: 16)
    /// Instructions of x87 and MMX fault: CR0.EM or CR0.TS is set.
    static let noFloat = Self(rawValue: 32)
    /// Instructions of SSE fault: one of these is set, or CR4.OSFXSR is not.
    static let noSSE = Self(rawValue: 64)

    /// Offsets of code are linear addresses and need no comparison with a limit.
    var hasFlatCode: Bool { contains(.long) || contains(.flat) }
    /// Bits that an instruction pointer has.
    var ipMask: UInt64 { contains(.long) ? ~0 : 0xFFFF_FFFF }
}
