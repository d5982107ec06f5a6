public import X86

/// Which of the guest's writes signal an event descriptor (`struct kvm_ioeventfd`).
public struct IOEvent: Hashable, Sendable {
    /// Where the guest writes.
    public var place: CoalescedWrite.Place
    /// The width of the write; nil for any width, which is possible for memory without a value to match
    /// (`KVM_CAP_IOEVENTFD_ANY_LENGTH`).
    /// (`KVM_CAP_IOEVENTFD_ANY_LENGTH`).
    public var size: AccessSize?
    /// The only value that counts; nil for any value.
    public var value: UInt64?

    /// Makes an event of its parts.
    public init(at place: CoalescedWrite.Place, size: AccessSize?, value: UInt64? = nil) {
        self.place = place
        self.size = size
        self.value = value
    }
}
