/// A model of a processor. It decides the results that the manuals leave undefined.
public struct ProcessorModel: Hashable, Sendable, CustomStringConvertible {
    /// The vendor as CPUID leaf 0 spells it, such as `GenuineIntel`; empty if unknown.
    public var vendor: String
    /// Family, model and stepping, as in EAX of CPUID leaf 1; 0 if unknown.
    public var signature: UInt32

    /// Makes a model of its parts.
    public init(vendor: String = "", signature: UInt32 = 0) {
        self.vendor = vendor
        self.signature = signature
    }

    /// Vendor and signature.
    public var description: String {
        vendor.isEmpty ? "unknown" : signature == 0 ? vendor : "\(vendor) 0x\(String(signature, radix: 16))"
    }
}
