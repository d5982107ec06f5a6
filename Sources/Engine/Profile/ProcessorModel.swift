/// A model of a processor: whose results an engine gives that has none of its own where the manuals leave them undefined.
public struct ProcessorModel: Hashable, Sendable {
    /// The vendor as CPUID leaf 0 spells it, such as `GenuineIntel`.
    public var vendor: String
    /// Family, model and stepping as EAX of CPUID leaf 1 has them; 0 where they are not known.
    public var signature: UInt32

    /// Makes a model of its parts.
    public init(vendor: String, signature: UInt32) {
        self.vendor = vendor
        self.signature = signature
    }
}
