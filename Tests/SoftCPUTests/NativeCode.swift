import CNative

/// Instructions that the processor of this machine can execute.
struct NativeCode {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether tests that compare with the processor can run here.
    static let isAvailable = native_open() == 0
}
