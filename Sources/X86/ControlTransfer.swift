/// A place at which the processor has gone on elsewhere in a way that leads back: a call, an interruption, or the way back from
/// one.
public struct ControlTransfer: Hashable, Sendable {
    /// What has led elsewhere.
    public enum Kind: String, CaseIterable, Sendable {
        /// CALL, near or far.
        case call
        /// RET, near or far.
        case `return`
        /// SYSCALL or SYSENTER.
        case systemCall
        /// SYSRET or SYSEXIT.
        case systemReturn
        /// An interrupt from outside, the non-maskable one among them.
        case interrupt
        /// INT n, INT3 or INTO.
        case softwareInterrupt
        /// An exception that an instruction has raised, or a trap behind one.
        case exception
        /// IRET.
        case interruptReturn

        /// Whether it leads back to where an earlier one came from.
        public var isReturn: Bool { self == .return || self == .systemReturn || self == .interruptReturn }
    }

    /// What it is.
    public var kind: Kind
    /// Linear address of the instruction. For an exception or an interrupt from outside, of the one to go on with afterwards.
    public var source: GuestVirtualAddress
    /// Linear address of the instruction that comes next.
    public var target: GuestVirtualAddress
    /// Linear address at which whoever was called is to go on; for a return, the target.
    public var returnAddress: GuestVirtualAddress
    /// Linear address of the word of the stack with the return address; nil if it is not on the stack.
    public var stackSlot: GuestVirtualAddress?
    /// The page tables to which ``stackSlot`` belongs if it is a program's: CR3. 0 at the levels 0 to 2, whose memory all address
    /// spaces of a kernel share.
    public var addressSpace: UInt64 = 0
    /// The privilege level before.
    public var sourceLevel: UInt8 = 0
    /// The privilege level behind.
    public var targetLevel: UInt8 = 0
    /// The vector of an interruption.
    public var vector: UInt8?
    /// The error code of an exception, if it has one.
    public var errorCode: UInt32?
    /// CR2 after a page fault.
    public var faultAddress: UInt64?
    /// How many instructions the processor has executed with this one.
    public var executed: UInt64 = 0

    /// Makes one of its parts.
    public init(
        _ kind: Kind,
        from source: GuestVirtualAddress,
        to target: GuestVirtualAddress,
        returningTo returnAddress: GuestVirtualAddress,
        stackSlot: GuestVirtualAddress?
    ) {
        (self.kind, self.source, self.target) = (kind, source, target)
        (self.returnAddress, self.stackSlot) = (returnAddress, stackSlot)
    }
}

/// Which transfers a processor notes.
public struct TransferSet: OptionSet, Hashable, Sendable {
    /// The bits.
    public var rawValue: UInt8

    /// Makes a set of its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Calls, system calls, and the ways back from these and from interruptions.
    public static let calls = Self(rawValue: 1)
    /// Interrupts from outside.
    public static let interrupts = Self(rawValue: 2)
    /// Exceptions, and interrupts by instruction.
    public static let exceptions = Self(rawValue: 4)
}
