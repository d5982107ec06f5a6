public import X86

/// Why a run ended.
public enum SoftExit: Hashable, Sendable {
    /// As many instructions have been executed as were asked for.
    case limit
    /// An instruction of ``SoftCPU/stops`` is next.
    case stopped
    /// Watched memory has been accessed, at this address first, by the instruction that was executed last.
    case watched(GuestPhysicalAddress)
    /// The instruction reads a port: it goes on with ``SoftCPU/answer(_:)``.
    case portRead(UInt16, size: Int)
    /// The instruction writes a port.
    case portWrite(UInt16, size: Int, value: UInt64)
    /// The instruction reads where no memory is: it goes on with ``SoftCPU/answer(_:)``.
    case memoryRead(GuestPhysicalAddress, size: Int)
    /// The instruction writes where no memory is.
    case memoryWrite(GuestPhysicalAddress, size: Int, value: UInt64)
    /// The processor waits for an interrupt.
    case halt
    /// A third fault, or a processor that cannot go on.
    case shutdown
    /// The instruction reads time or a random number: it goes on with ``SoftCPU/answer(_:)``.
    case hiddenRead(HiddenInstruction)
    /// RDMSR of a register that is not kept: it goes on with ``SoftCPU/answer(_:)``.
    case registerRead(UInt32)
    /// WRMSR of a register that is not kept: it goes on with ``SoftCPU/answer(_:)``.
    case registerWrite(UInt32, value: UInt64)
    /// The instruction waits for an interrupt, because an x87 exception is pending and CR0.NE is clear: the processor asserts
    /// FERR# (Intel SDM vol. 1, 8.7.2). The next run begins the instruction again.
    case numericError
    /// The next instruction is at an address where no memory is.
    case fetch(GuestPhysicalAddress)
    /// An interrupt can be taken now.
    case interruptWindow
}
