import CKVM

/// x87 and SSE registers (`struct kvm_fpu`). ``XSaveArea`` contains them too.
public struct FloatingPointState: Hashable, Sendable {
    /// ST0 to ST7, 80 bits each in 128.
    public var stack = [UInt128](repeating: 0, count: 8)
    /// XMM0 to XMM15.
    public var xmm = [UInt128](repeating: 0, count: 16)
    /// FCW.
    public var controlWord: UInt16 = 0
    /// FSW.
    public var statusWord: UInt16 = 0
    /// The tag word as FXSAVE abridges it: bit `n` is set if register `n` is in use.
    public var tags: UInt8 = 0
    /// The last instruction's opcode, 11 bits.
    public var lastOpcode: UInt16 = 0
    /// The last instruction's address.
    public var lastInstruction: UInt64 = 0
    /// The address of the last instruction's operand.
    public var lastOperand: UInt64 = 0
    /// MXCSR. KVM has a field for it but neither fills nor uses it; see ``XSaveArea``.
    public var mxcsr: UInt32 = 0

    /// All registers zero.
    public init() {}

    init(_ fpu: kvm_fpu) {
        // SAFETY: the buffers are used inside the closures only.
        stack = unsafe withUnsafeBytes(of: fpu.fpr) { unsafe Self.wide($0) }
        xmm = unsafe withUnsafeBytes(of: fpu.xmm) { unsafe Self.wide($0) }
        controlWord = fpu.fcw
        statusWord = fpu.fsw
        tags = fpu.ftwx
        lastOpcode = fpu.last_opcode
        lastInstruction = fpu.last_ip
        lastOperand = fpu.last_dp
        mxcsr = fpu.mxcsr
    }

    /// Throws if there are more or fewer registers than the processor has.
    func kernelValue() throws(KVMError) -> kvm_fpu {
        var fpu = kvm_fpu()
        guard stack.count == 8, xmm.count == 16 else {
            throw KVMError(
                operation: Request.setFPU.name.description,
                cause: .refused("there are 8 x87 and 16 SSE registers, not \(stack.count) and \(xmm.count)")
            )
        }
        // SAFETY: the counts just checked are those of the C arrays, and all of these are plain bytes.
        unsafe withUnsafeMutableBytes(of: &fpu.fpr) { target in
            unsafe stack.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        }
        unsafe withUnsafeMutableBytes(of: &fpu.xmm) { target in
            unsafe xmm.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        }
        fpu.fcw = controlWord
        fpu.fsw = statusWord
        fpu.ftwx = tags
        fpu.last_opcode = lastOpcode
        fpu.last_ip = lastInstruction
        fpu.last_dp = lastOperand
        fpu.mxcsr = mxcsr
        return fpu
    }

    @unsafe private static func wide(_ bytes: UnsafeRawBufferPointer) -> [UInt128] {
        // SAFETY: 16 bytes follow each offset, and every bit pattern is a valid integer.
        stride(from: 0, to: bytes.count, by: 16).map {
            unsafe bytes.loadUnaligned(fromByteOffset: $0, as: UInt128.self)
        }
    }
}
