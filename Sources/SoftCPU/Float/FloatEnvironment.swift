/// How operations round and what they raise: what MXCSR or the x87 control word says, and the flags found so far.
struct FloatEnvironment: BitwiseCopyable {
    var rounding: Rounding
    /// Bits that x87 arithmetic rounds a significand to: 24, 53 or 64. SSE has formats instead.
    var precision: Int
    /// Exceptions that are masked.
    var masked: FloatFlags
    /// Results too small are zero while underflow is masked.
    var flushesToZero: Bool
    /// Denormal operands are zero.
    var treatsDenormalsAsZero: Bool
    /// What the processor does where the manuals leave it open.
    var quirks: Quirks
    /// What was found by the steps before, in an instruction that has several. It has been raised even if a later step is stopped.
    private var settled: FloatFlags = []
    /// What operations have found.
    var raised: FloatFlags = []

    /// The environment of SSE.
    @inline(__always)
    init(mxcsr: UInt32, quirks: Quirks = .zen) {
        self.quirks = quirks
        rounding = Rounding(rawValue: UInt8(mxcsr >> 13 & 3)).known
        precision = 64
        masked = FloatFlags(rawValue: UInt16(mxcsr >> 7 & 0x3F))
        flushesToZero = mxcsr & 0x8000 != 0
        treatsDenormalsAsZero = mxcsr & 0x40 != 0
    }

    /// The environment of x87.
    @inline(__always)
    init(controlWord: UInt16, quirks: Quirks = .zen) {
        self.quirks = quirks
        rounding = Rounding(rawValue: UInt8(controlWord >> 10 & 3)).known
        switch controlWord >> 8 & 3 {
        case 0: precision = 24
        case 2: precision = 53
        default: precision = 64
        }
        masked = FloatFlags(rawValue: controlWord & 0x3F)
        flushesToZero = false
        treatsDenormalsAsZero = false
    }

    /// Adds what was found.
    @inline(__always)
    mutating func raise(_ flags: FloatFlags) { raised.formUnion(flags) }

    /// Ends a step, in which nothing was found that is not masked.
    mutating func endStep() {
        settled.formUnion(raised)
        raised = []
    }

    /// Whether an exception was found that keeps the result from being stored.
    @inline(__always)
    var isStopped: Bool { !raised.intersection(.early).isSubset(of: masked) }

    /// Whether an exception was found that is not masked.
    @inline(__always)
    var isUnmasked: Bool { !raised.intersection(.exceptions).isSubset(of: masked) }

    /// What x87 arithmetic adds to the status word: exceptions and C1.
    @inline(__always)
    var statusFlags: UInt16 {
        let isKept = !isStopped || raised.contains(.stackFault)
        return (isKept ? raised : raised.intersection(.early)).rawValue
    }

    /// What SSE adds to MXCSR: an instruction that is stopped early has no late exceptions (Intel SDM vol. 1, 11.5.2).
    @inline(__always)
    var mxcsrFlags: UInt32 {
        let found = isStopped ? raised.intersection(.early) : raised.intersection(.exceptions)
        return UInt32(found.union(settled.intersection(.exceptions)).rawValue)
    }
}

extension Rounding? {
    /// The mode of two bits: all four values are modes.
    @inline(__always)
    fileprivate var known: Rounding { self ?? .nearest }
}
