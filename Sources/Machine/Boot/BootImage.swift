public import Engine
public import GuestMemory
public import X86

/// What a boot protocol makes of a guest's file: the state in which the guest starts.
public struct BootImage: Sendable {
    /// What stands in memory, without overlap but for the firmware's shadow.
    public var contents: [MemoryContent]
    /// Memory that has to be zero beside that: all of it is when the machine is switched on.
    public var zeros: [GuestMemory.Stretch] = []
    /// Memory that the guest can only read, beside its RAM.
    public var readOnlyMemory: GuestMemory.Region?
    /// The processor's state.
    public var state: ProcessorState
    /// The names in the guest's program.
    public var symbols: [ProgramSymbol] = []
    /// What a unikernel needs beside this; nil for other guests.
    public var unikernel: Unikernel?
}
