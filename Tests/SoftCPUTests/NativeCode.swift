import CNative

/// Instructions that the processor of this machine can execute.
@safe
struct NativeCode: @unchecked Sendable {
    // SAFETY: the address is that of code that is never freed nor changed.
    let address: UnsafeRawPointer?

    init(_ bytes: [UInt8]) { unsafe address = native_assemble(bytes, Int32(bytes.count)) }

    /// Whether tests that compare with the processor can run here.
    static let isAvailable = native_is_available() != 0
}
