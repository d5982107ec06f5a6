public import X86

/// A piece of the machine that an instruction reads or writes as one.
public enum DataByte: Hashable, Sendable {
    /// A byte of a register, counted from the lowest.
    case register(DataRegister, Int)
    /// A bit of RFLAGS, by its number.
    case flag(Int)
    /// The byte at a linear address.
    case memory(GuestVirtualAddress)
}
