/// The registers of x87, MMX and SSE.
struct VectorRegisters {
    /// XMM0 to XMM15, two words each, the lower one first.
    var xmm = InlineArray<32, UInt64>(repeating: 0)
    var mxcsr: UInt32 = 0x1F80
    /// Significands of the x87 registers by physical number; MMX registers are these.
    var significands = InlineArray<8, UInt64>(repeating: 0)
    /// Signs and exponents of the x87 registers by physical number.
    var exponents = InlineArray<8, UInt16>(repeating: 0)
    var controlWord: UInt16 = 0x37F
    /// Status word, with TOP in bits 11 to 13.
    var statusWord: UInt16 = 0
    /// Tag word in its two-bit form, 3 for empty.
    var tagWord: UInt16 = 0xFFFF
    var lastOpcode: UInt16 = 0
    var lastIP: UInt64 = 0
    var lastData: UInt64 = 0
    var lastCS: UInt16 = 0
    var lastDS: UInt16 = 0
}
