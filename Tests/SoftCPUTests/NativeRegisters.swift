import CNative

@testable import SoftCPU

/// Registers of the processor of this machine, in front of instructions and behind them.
@safe
final class NativeRegisters {
    private let pointer: UnsafeMutablePointer<native_registers>
    private var raw: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(pointer) }

    init() {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: native_registers())
        mxcsr = 0x1F80
        controlWord = 0x37F
    }

    deinit { unsafe pointer.deallocate() }

    // SAFETY of all that follow: offsets are within the 512 bytes of FXSAVE, which are initialised.
    private func load<T: BitwiseCopyable>(_ offset: Int, _: T.Type = T.self) -> T {
        unsafe raw.loadUnaligned(fromByteOffset: offset, as: T.self)
    }
    private func store<T: BitwiseCopyable>(_ value: T, _ offset: Int) {
        unsafe raw.storeBytes(of: value, toByteOffset: offset, as: T.self)
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
        get { unsafe pointer.pointee.rax }
        set { unsafe pointer.pointee.rax = newValue }
    }
    var rcx: UInt64 {
        get { unsafe pointer.pointee.rcx }
        set { unsafe pointer.pointee.rcx = newValue }
    }
    var rdx: UInt64 {
        get { unsafe pointer.pointee.rdx }
        set { unsafe pointer.pointee.rdx = newValue }
    }
    /// The arithmetic flags behind the instructions.
    var flags: UInt64 { unsafe pointer.pointee.flags & 0x8D5 }
    /// Whether the instructions raised an exception.
    var faulted: Bool { unsafe pointer.pointee.faulted != 0 }

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

    func run(_ code: NativeCode) { unsafe native_call(pointer, code.address) }
}
