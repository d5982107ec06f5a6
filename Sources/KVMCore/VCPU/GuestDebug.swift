import CKVM
public import X86

/// What stops a guest that is being debugged (`struct kvm_guest_debug`).
public struct GuestDebug: Hashable, Sendable {
    /// Stops after each instruction.
    public var singleStep = false
    /// Stops at INT3.
    public var softwareBreakpoints = false
    /// Stops at up to four addresses.
    public var hardwareBreakpoints: [HardwareBreakpoint] = []
    /// Takes no interrupts while stepping (`KVM_GUESTDBG_BLOCKIRQ`).
    public var blocksInterrupts = false

    /// Makes a setting with which nothing stops the guest.
    public init() {}

    /// Makes a setting of its parts.
    public init(
        singleStep: Bool = false,
        softwareBreakpoints: Bool = false,
        hardwareBreakpoints: [HardwareBreakpoint] = [],
        blocksInterrupts: Bool = false
    ) {
        self.singleStep = singleStep
        self.softwareBreakpoints = softwareBreakpoints
        self.hardwareBreakpoints = hardwareBreakpoints
        self.blocksInterrupts = blocksInterrupts
    }

    /// A breakpoint in the processor (Intel SDM vol. 3, 17.2.4).
    public struct HardwareBreakpoint: Hashable, Sendable {
        /// The linear address; a multiple of the length.
        public var address: GuestVirtualAddress
        /// The kind of access that stops.
        public var kind: Kind
        /// How many bytes; one for execution.
        public var length: AccessSize

        /// Makes a breakpoint of its parts.
        public init(address: GuestVirtualAddress, kind: Kind = .execution, length: AccessSize = .byte) {
            self.address = address
            self.kind = kind
            self.length = length
        }

        /// The kind of access that stops, as DR7 encodes it.
        public enum Kind: UInt64, Hashable, Sendable {
            /// Execution: stops before the instruction does anything.
            case execution = 0
            /// Writing: stops after the write.
            case write = 1
            /// Reading or writing: stops after the access.
            case access = 3
        }

        /// The length as DR7 encodes it.
        fileprivate var lengthBits: UInt64 {
            switch length {
            case .byte: 0
            case .word: 1
            case .doubleword: 3
            case .quadword: 2
            }
        }
    }
}

extension GuestDebug {
    var kernelValue: kvm_guest_debug {
        var value = kvm_guest_debug()
        if self != GuestDebug() { value.control = UInt32(KVM_GUESTDBG_ENABLE) }
        if singleStep { value.control |= UInt32(KVM_GUESTDBG_SINGLESTEP) }
        if softwareBreakpoints { value.control |= UInt32(KVM_GUESTDBG_USE_SW_BP) }
        if blocksInterrupts { value.control |= UInt32(KVM_GUESTDBG_BLOCKIRQ) }
        guard !hardwareBreakpoints.isEmpty else { return value }
        value.control |= UInt32(KVM_GUESTDBG_USE_HW_BP)
        var registers = [UInt64](repeating: 0, count: 8)
        // Bit 10 is always set; bit 9 requests exact data breakpoints.
        registers[7] = 0x600
        for (index, breakpoint) in hardwareBreakpoints.enumerated() {
            registers[index] = breakpoint.address.rawValue
            registers[7] |= 2 << UInt64(2 * index)
            registers[7] |= (breakpoint.kind.rawValue | breakpoint.lengthBits << 2) << UInt64(16 + 4 * index)
        }
        value.arch.debugreg = (
            registers[0], registers[1], registers[2], registers[3], registers[4], registers[5], registers[6],
            registers[7]
        )
        return value
    }
}
