/// The register files that XSAVE saves, as KVM lays them out: the standard format, components at the offsets that
/// CPUID leaf 0xD gives on the host (`struct kvm_xsave`).
public struct XSaveArea: Hashable, Sendable {
    /// The area; ``minimumSize`` bytes or more.
    public var bytes: [UInt8]

    /// The size in bytes of an area without features that must be requested.
    public static let minimumSize = 4096

    /// Makes an area of its bytes.
    public init(bytes: [UInt8]) { self.bytes = bytes }
}
