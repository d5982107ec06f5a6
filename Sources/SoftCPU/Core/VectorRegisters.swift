/// The registers of x87, MMX and SSE.
struct VectorRegisters {
    /// XMM0 to XMM15, two words each, the lower one first.
    var xmm = InlineArray<32, UInt64>(repeating: 0)
    var mxcsr: UInt32 = 0x1F80
    /// Significands of the x87 registers by physical number; MMX registers are these.
    var significands = InlineArray<8, UInt64>(repeating: 0)
    /// Signs and exponents of the x87 registers by physical number.
    var exponents = InlineArray<8, UInt16>(repeating: 0)
    /// Set by ``setControl(_:status:)``.
    private(set) var controlWord: UInt16 = 0x37F
    /// Status word, with TOP in bits 11 to 13, and ES and B as the exceptions and their masks make them.
    private(set) var statusWord: UInt16 = 0
    /// A bit for each x87 register by physical number: it is not empty. The tag word follows from this and the registers.
    var tags: UInt8 = 0
    /// The last x87 instruction: its opcode, where it was, and where its operand was. Selectors are not kept: processors
    /// that deprecate them (CPUID leaf 7, EBX bit 13) store zeros.
    var lastOpcode: UInt16 = 0
    var lastIP: UInt64 = 0
    var lastData: UInt64 = 0

    /// Stores both words of x87 as the processor keeps them: reserved bits as they always are, ES and B as they follow from
    /// the exceptions that are not masked.
    @inline(__always)
    mutating func setControl(_ control: UInt16, status: UInt16) {
        controlWord = control & 0x1F7F | 0x40
        let isPending = status & ~control & 0x3F != 0
        statusWord = status & 0x7F7F | (isPending ? X87Status.summary : 0)
    }

    /// Changes the status word alone.
    @inline(__always)
    mutating func setStatus(_ status: UInt16) { setControl(controlWord, status: status) }

    /// Number of the physical register that is ST(0).
    @inline(__always)
    var top: Int {
        get { Int(statusWord >> 11 & 7) }
        set { statusWord = statusWord & ~X87Status.top | UInt16(newValue & 7) << 11 }
    }

    /// Makes x87 what FNINIT makes it; registers keep what is in them.
    mutating func initializeX87() {
        setControl(0x37F, status: 0)
        tags = 0
        lastOpcode = 0
        lastIP = 0
        lastData = 0
    }
}

/// Bits of the x87 status word (Intel SDM vol. 1, 8.1.3).
enum X87Status {
    static let stackFault: UInt16 = 1 << 6
    /// ES and B: an exception that is not masked is pending.
    static let summary: UInt16 = 1 << 15 | 1 << 7
    static let c0: UInt16 = 1 << 8
    static let c1: UInt16 = 1 << 9
    static let c2: UInt16 = 1 << 10
    static let top: UInt16 = 7 << 11
    static let c3: UInt16 = 1 << 14
    static let conditions = c3 | c2 | c1 | c0
}

/// Bits of MXCSR that have names here.
enum MXCSR {
    /// MM: operands of 16 bytes need not be aligned (AMD APM vol. 1, 4.2.2).
    static let misaligned: UInt32 = 1 << 17
}
