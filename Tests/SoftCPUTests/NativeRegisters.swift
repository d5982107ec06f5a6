import CNative

@testable import SoftCPU

/// Registers of the processor of this machine, in front of instructions and behind them.
final class NativeRegisters {
    private var context = native_context()

    init() {
        context.general.4 = NATIVE_STACK
        context.flags = 2
        mxcsr = 0x1F80
        controlWord = 0x37F
    }

    // SAFETY of both: offsets are within the 512 bytes of FXSAVE, which are initialised.
    private func load<T: BitwiseCopyable>(_ offset: Int, _: T.Type = T.self) -> T {
        unsafe withUnsafeBytes(of: context.fxsave) { unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    }
    private func store<T: BitwiseCopyable>(_ value: T, _ offset: Int) {
        unsafe withUnsafeMutableBytes(of: &context.fxsave) {
            unsafe $0.storeBytes(of: value, toByteOffset: offset, as: T.self)
        }
    }

    var controlWord: UInt16 {
        get { load(0) }
        set { store(newValue, 0) }
    }
    var statusWord: UInt16 {
        get { load(2) }
        set { store(newValue, 2) }
    }
    /// A bit for each physical register that is not empty.
    var tags: UInt8 {
        get { load(4) }
        set { store(newValue, 4) }
    }
    var mxcsr: UInt32 {
        get { load(24) }
        set { store(newValue, 24) }
    }
    var rax: UInt64 {
        get { context.general.0 }
        set { context.general.0 = newValue }
    }
    var rcx: UInt64 {
        get { context.general.1 }
        set { context.general.1 = newValue }
    }
    var rdx: UInt64 {
        get { context.general.2 }
        set { context.general.2 = newValue }
    }
    /// The arithmetic flags behind the instructions.
    var flags: UInt64 { context.flags & 0x8D5 }
    /// Whether the instructions raised an exception.
    var faulted: Bool { context.vector != -1 }

    /// An XMM register.
    subscript(xmm index: Int) -> Vector128 {
        get { load(160 + index * 16) }
        set { store(newValue, 160 + index * 16) }
    }

    /// A register of the x87 stack.
    subscript(st index: Int) -> SoftExtended {
        get { SoftExtended(significand: load(32 + index * 16), signAndExponent: load(40 + index * 16)) }
        set {
            store(newValue.significand, 32 + index * 16)
            store(newValue.signAndExponent, 40 + index * 16)
        }
    }

    /// An MMX register.
    subscript(mm index: Int) -> UInt64 {
        get { load(32 + index * 16) }
        set { store(newValue, 32 + index * 16) }
    }

    func run(_ code: NativeCode) {
        context.general.4 = NATIVE_STACK
        // SAFETY: the instructions of these tests touch registers and the stack page alone.
        unsafe code.bytes.withUnsafeBufferPointer {
            unsafe native_run(&context, $0.baseAddress, Int32(code.bytes.count))
        }
    }
}
