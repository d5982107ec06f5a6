public import X86

extension VM {
    /// Sets where KVM may put three pages of its own, on Intel hosts that need them for real mode (`KVM_SET_TSS_ADDR`).
    ///
    /// - Parameter address: the first of three pages below 4 GiB that no slot covers.
    public func setTSSAddress(_ address: GuestPhysicalAddress) throws(KVMError) {
        try descriptor.call(.setTSSAddress, UInt(address.rawValue), about: address.description)
    }

    /// Sets where KVM may put one page of its own, on Intel hosts that need it for real mode
    /// (`KVM_SET_IDENTITY_MAP_ADDR`). Call this before making the first vCPU.
    ///
    /// - Parameter address: a page below 4 GiB that no slot covers; 0 means 0xFFFBC000.
    public func setIdentityMapAddress(_ address: GuestPhysicalAddress) throws(KVMError) {
        try descriptor.call(.setIdentityMapAddress, reading: address.rawValue, about: address.description)
    }

    /// Chooses the vCPU that starts in the reset state instead of waiting (`KVM_SET_BOOT_CPU_ID`). Call this before
    /// making the first vCPU.
    public func setBootCPU(id: UInt32) throws(KVMError) {
        try descriptor.call(.setBootCPUID, UInt(id), about: "id \(id)")
    }
}
