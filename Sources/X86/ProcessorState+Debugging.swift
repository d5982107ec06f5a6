extension ProcessorState {
    /// Whether the guest is using the processor's debugging at this moment: it traces itself (RFLAGS.TF), has a breakpoint or
    /// a watch over its debug registers on (DR7), or is about to take a debug exception (Intel SDM vol. 3, 18.2 and 18.3).
    ///
    /// KVM has one set of these for the guest and for whoever debugs it (`KVM_SET_GUEST_DEBUG`): a single step takes the
    /// guest's TF away and its debug exception with it, and breakpoints stand in the place of the guest's own.
    public var debugsItself: Bool {
        rflags & Flag.trap != 0 || debug.control & Control.active != 0 || pending.exception?.vector == Self.debugVector
    }

    /// Whether the guest uses the debug registers or has used them: they are not as a reset leaves them.
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
