/// A capability that a host's KVM may have (`KVM_CHECK_EXTENSION`; KVM API documentation, section 4.4).
///
/// Named as in `<linux/kvm.h>`: `KVM_CAP_USER_MEMORY` is ``userMemory``.
public struct Capability: RawRepresentable, Hashable, Sendable {
    /// KVM's number for it.
    public var rawValue: UInt32

    /// Makes a capability of KVM's number for it.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Every capability that has a name here, in the order of their numbers.
    public static let all = names.map(\.capability)

    /// The name in `<linux/kvm.h>`, such as `KVM_CAP_USER_MEMORY`; the number if it has none here.
    public var name: String {
        Self.names.first { $0.capability == self }.map { "KVM_CAP_" + $0.name } ?? "KVM_CAP_\(rawValue)"
    }
}

extension Capability: CustomStringConvertible {
    /// The name in `<linux/kvm.h>`.
    public var description: String { name }
}
