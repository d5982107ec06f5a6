public import Engine
internal import TraceFormat
public import X86

/// A byte of the machine, or a flag, whose origin is looked for.
public enum OriginPlace: Hashable, Sendable {
    /// A byte of a register, counted from the lowest.
    case register(DataRegister, Int)
    /// A bit of RFLAGS, by its number.
    case flag(Int)
    /// A byte of physical memory.
    case memory(GuestPhysicalAddress)

    /// Memory, by its address; nil for the rest.
    var physical: GuestPhysicalAddress? { if case .memory(let address) = self { address } else { nil } }

    /// The same as an instruction sees it; nil for memory, which it sees by linear addresses.
    var data: DataByte? {
        switch self {
        case .register(let register, let number): .register(register, number)
        case .flag(let bit): .flag(bit)
        case .memory: nil
        }
    }

    /// The byte's value in a processor's state; nil for memory, and for registers that count as one byte. That of a flag is 0 or
    /// 1.
    func value(in state: ProcessorState) -> UInt8? {
        switch self {
        case .register(.general(let register), let number):
            return UInt8(truncatingIfNeeded: state[register] >> UInt64(8 * number))
        case .register(.vector(let register), let number):
            // A component that is left out is in its initial configuration: zeros.
            guard let area = state.extended.components[1] else { return 0 }
            let index = 16 * register + number
            return area.indices.contains(index) ? area[index] : nil
        case .flag(let bit): return UInt8(state.rflags >> UInt64(bit) & 1)
        case .register, .memory: return nil
        }
    }
}

extension OriginPlace: Comparable {
    /// The order in which places are listed.
    public static func < (left: Self, right: Self) -> Bool { left.order < right.order }

    /// Registers first, then flags, then memory, each from the lowest byte on.
    private var order: (Int, UInt64, Int) {
        switch self {
        case .register(.general(let register), let number): (0, UInt64(register.rawValue), number)
        case .register(.vector(let register), let number): (1, UInt64(register), number)
        case .register(.stack(let register), let number): (2, UInt64(register), number)
        case .register(.system, let number): (3, 0, number)
        case .flag(let bit): (4, UInt64(bit), 0)
        case .memory(let address): (5, address.rawValue, 0)
        }
    }
}
