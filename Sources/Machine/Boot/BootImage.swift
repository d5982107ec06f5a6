public import Engine
public import GuestMemory
public import X86

/// What a boot protocol makes of a guest's file: the state in which the guest starts.
public struct BootImage: Sendable {
    /// The contents of memory. Only the firmware's shadow overlaps with the rest.
    public var contents: [MemoryContent]
    /// Other memory that must be zero, as all memory is when the machine is switched on.
    public var zeros: [GuestMemory.Stretch] = []
    /// Memory besides RAM that the guest can only read.
    public var readOnlyMemory: GuestMemory.Region?
    /// The processor's state.
    public var state: ProcessorState
    /// The names in the guest's program.
    public var symbols: [ProgramSymbol] = []
    /// What a unikernel needs besides; nil for other guests.
    public var unikernel: Unikernel?
}
