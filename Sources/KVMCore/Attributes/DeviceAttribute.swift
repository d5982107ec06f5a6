/// A value of a VM, a vCPU, a device in the kernel or `/dev/kvm` itself that can be read or set (`struct
/// kvm_device_attr`; KVM API documentation, sections 4.80 and 4.81). The attribute defines the value's layout.
public struct DeviceAttribute: Hashable, Sendable {
    /// The group, as the kind of descriptor defines it.
    public var group: UInt32
    /// The number within the group.
    public var number: UInt64

    /// Makes an attribute of its numbers.
    public init(group: UInt32, number: UInt64) {
        self.group = group
        self.number = number
    }

    /// For a vCPU: the offset that is added to the host's time-stamp counter; 64 bits (`KVM_VCPU_TSC_CTRL`,
    /// `KVM_VCPU_TSC_OFFSET`).
    public static let tscOffset = Self(group: 0, number: 0)
    /// For `/dev/kvm`: the XSAVE components that guests can have, as in XCR0; 64 bits (`KVM_X86_XCOMP_GUEST_SUPP`).
    public static let guestExtendedComponents = Self(group: 0, number: 0)
}

extension DeviceAttribute: CustomStringConvertible {
    /// Group and number.
    public var description: String { "group \(group), attribute \(number)" }
}
