import CKVM

extension VM {
    /// Puts an 8254 into the kernel (`KVM_CREATE_PIT2`). Call ``createIRQChip()`` first.
    ///
    /// - Parameter withSpeaker: whether it also answers port 0x61 (`KVM_PIT_SPEAKER_DUMMY`).
    public func createPIT2(withSpeaker: Bool = false) throws(KVMError) {
        var configuration = kvm_pit_config()
        configuration.flags = withSpeaker ? UInt32(KVM_PIT_SPEAKER_DUMMY) : 0
        try descriptor.call(.createPIT2, reading: configuration)
    }

    /// The state of the 8254 in the kernel (`KVM_GET_PIT2`).
    public func pit2() throws(KVMError) -> PITState {
        var state = kvm_pit_state2()
        try descriptor.call(.getPIT2, with: &state)
        return PITState(state)
    }

    /// Sets the state of the 8254 in the kernel (`KVM_SET_PIT2`).
    public func setPIT2(_ state: PITState) throws(KVMError) {
        try descriptor.call(.setPIT2, reading: state.kernelValue)
    }
}
