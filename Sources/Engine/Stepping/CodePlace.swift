public import X86

/// The place of an instruction.
public struct CodePlace: Hashable, Sendable {
    /// Its RIP.
    public var offset: UInt64
    /// Its linear address.
    public var address: GuestVirtualAddress

    /// A place by its RIP and its linear address.
    public init(offset: UInt64, address: GuestVirtualAddress) {
        (self.offset, self.address) = (offset, address)
    }

    /// The place of the instruction that a processor in a state executes next.
    public init(of state: ProcessorState) {
        self.init(offset: state.rip, address: state.instructionAddress)
    }
}
