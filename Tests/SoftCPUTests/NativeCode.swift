import CNative

/// Instructions that the processor of this machine can execute.
struct NativeCode {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether tests that compare with the processor can run here.
    static let isAvailable = native_open() == 0
    /// Whether this processor is of those whose undefined flags the software processor has: AMD Zen, families 17h to 19h. Zen 5
    /// already leaves others after BSF and BSR.
    static let isOfQuirks = (0x17...0x19).contains(native_amd_family())
}
