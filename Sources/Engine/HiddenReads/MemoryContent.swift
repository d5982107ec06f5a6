public import X86

/// Bytes that are in guest memory when the guest starts, and which of them are code.
public struct MemoryContent: Hashable, Sendable {
    /// The address of the first byte.
    public var address: GuestPhysicalAddress
    /// The bytes.
    public var bytes: [UInt8]
    /// The parts that may be executed, in ascending order and without overlap.
    public var code: [CodeRange]

    /// Makes a content of its parts; without ``code`` it is data.
    public init(address: GuestPhysicalAddress, bytes: [UInt8], code: [CodeRange] = []) {
        self.address = address
        self.bytes = bytes
        self.code = code
    }

    /// Bytes for which it is not known which of them are code.
    public static func unknown(_ bytes: [UInt8], at address: GuestPhysicalAddress) -> Self {
        Self(address: address, bytes: bytes, code: [CodeRange(bytes.indices, .searched)])
    }
}

/// A part of a content that may be executed.
public struct CodeRange: Hashable, Sendable {
    /// How the part's instructions are found.
    public enum Form: Hashable, Sendable {
        /// Code from the first byte on, for 64-bit mode: decoded in order.
        case swept
        /// Code mixed with data, or code for an unknown mode: decoding from most places must agree on an instruction.
        case searched
    }

    /// Which bytes of the content.
    public var range: Range<Int>
    /// How its instructions are found.
    public var form: Form

    /// Makes a range; it must lie within the content's bytes.
    public init(_ range: Range<Int>, _ form: Form) {
        self.range = range
        self.form = form
    }
}
