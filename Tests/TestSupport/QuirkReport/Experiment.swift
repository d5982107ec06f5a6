import CNative

/// Instructions executed on this machine's processor with chosen registers.
struct Experiment {
    private var context = native_context()

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
    var rbp: UInt64 {
        get { context.general.5 }
        set { context.general.5 = newValue }
    }
    /// The six arithmetic flags, in their places in RFLAGS.
    var flags: UInt64 {
        get { context.flags & Self.arithmetic }
        set { context.flags = newValue | 0x202 }
    }
    /// The exception that the instructions raised, or -1.
    var vector: Int64 { context.vector }

    static let arithmetic: UInt64 = 0x8D5

    init() {
        context.general.4 = NATIVE_STACK
        context.general.7 = NATIVE_DATA
        context.flags = 0x202
        setArea(0, UInt16(0x37F))
        setArea(24, UInt32(0x1F80))
        setEnvironment(0, UInt32(0x37F))
        setEnvironment(8, UInt32(0xFFFF))
    }

    // SAFETY of all four: offsets are those of fields of FXSAVE's 512 bytes and FNSTENV's 28.
    mutating func setArea<T: BitwiseCopyable>(_ offset: Int, _ value: T) {
        unsafe withUnsafeMutableBytes(of: &context.fxsave) {
            unsafe $0.storeBytes(of: value, toByteOffset: offset, as: T.self)
        }
    }
    func area<T: BitwiseCopyable>(_ offset: Int, _: T.Type = T.self) -> T {
        unsafe withUnsafeBytes(of: context.fxsave) { unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    }
    mutating func setEnvironment(_ offset: Int, _ value: UInt32) {
        unsafe withUnsafeMutableBytes(of: &context.environment) {
            unsafe $0.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
        }
    }
    func environment(_ offset: Int) -> UInt32 {
        unsafe withUnsafeBytes(of: context.environment) {
            unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        }
    }

    /// Executes instructions, which access registers, and the data that RDI leads to.
    mutating func run(_ code: [UInt8]) {
        // SAFETY: by the condition above.
        unsafe code.withUnsafeBufferPointer { unsafe native_run(&context, $0.baseAddress, Int32(code.count)) }
    }

    /// Code that executes an instruction in 32-bit mode: a far jump there by Linux's selector, and one back.
    static func inCompatibilityMode(_ instruction: [UInt8]) -> [UInt8] {
        let start = UInt32(NATIVE_START)
        func bytes(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let there: [UInt8] = [0xFF, 0x2D, 0, 0, 0, 0] + bytes(start + 12) + [0x23, 0]
        let end = start + 12 + UInt32(instruction.count) + 7
        return there + instruction + [0xEA] + bytes(end) + [0x33, 0]
    }
}
