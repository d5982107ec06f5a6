extension ProcessorState {
    /// Whether the guest is using the processor's debugging at this moment: it traces itself (RFLAGS.TF), has a
    /// breakpoint or watchpoint enabled in its debug registers (DR7), or is about to take a debug exception (Intel SDM
    /// vol. 3, 18.2 and 18.3).
    ///
    /// KVM has one set of these for the guest and its debugger (`KVM_SET_GUEST_DEBUG`): a single step takes the guest's
    /// TF away, and its debug exception with it, and the debugger's breakpoints replace the guest's own.
    public var debugsItself: Bool {
        rflags & Flag.trap != 0 || debug.control & Control.active != 0 || pending.exception?.vector == Self.debugVector
    }

    /// Whether the guest uses or has used the debug registers: they differ from their state after a reset.
    public var hasUsedDebugRegisters: Bool {
        debug.control & Control.active != 0 || debug.status & Status.causes != 0 || debug.address.contains { $0 != 0 }
    }

    private static var debugVector: UInt8 { 1 }

    private enum Flag {
        static let trap: UInt64 = 1 << 8
    }

    private enum Control {
        /// L0 to G3, and GD.
        static let active: UInt64 = 0xFF | 1 << 13
    }

    private enum Status {
        /// B0 to B3, BD, BS and BT.
        static let causes: UInt64 = 0xF | 0xE000
    }
}
