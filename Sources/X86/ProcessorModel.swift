/// A model of a processor. It decides the results that the manuals leave undefined.
public struct ProcessorModel: Hashable, Sendable, CustomStringConvertible {
    /// The vendor as CPUID leaf 0 spells it, such as `GenuineIntel`; ``emulator`` for a processor that QEMU emulates; empty if
    /// unknown.
    public var vendor: String
    /// Family, model and stepping, as in EAX of CPUID leaf 1; 0 if unknown.
    public var signature: UInt32

    /// What stands for the vendor of a processor that QEMU emulates, which computes alike whichever processor it shows: the
    /// hypervisor's name in CPUID leaf 0x40000000.
    public static let emulator = "TCGTCGTCGTCG"

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
