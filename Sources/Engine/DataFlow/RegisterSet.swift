internal import X86

/// Which bytes of registers and which flags there are in a set.
public struct RegisterSet: Hashable, Sendable {
    private var general: UInt128 = 0
    private var vector: UInt16 = 0
    private var stack: UInt8 = 0
    private var flags: UInt64 = 0

    /// An empty set.
    public init() {}

    /// Whether there is nothing in it.
    public var isEmpty: Bool { self == Self() }

    /// Whether two sets share anything.
    public func intersects(_ other: Self) -> Bool {
        general & other.general != 0 || vector & other.vector != 0 || stack & other.stack != 0
            || flags & other.flags != 0
    }

    /// Adds a byte or a flag. Of vector registers, the whole register is added. Memory and registers of the system are left
    /// out.
    public mutating func insert(_ byte: DataByte) {
        switch byte {
        case .register(.general(let register), let number): general |= 1 << UInt128(register.rawValue * 8 + number)
        case .register(.vector(let register), _): vector |= 1 << UInt16(register)
        case .register(.stack(let register), _): stack |= 1 << UInt8(register)
        case .flag(let bit): flags |= 1 << UInt64(bit)
        case .register(.system, _), .memory: break
        }
    }

    mutating func insert(flags mask: UInt64) { flags |= mask }

    /// Adds all registers of the x87 stack: which one an instruction names depends on the top of the stack.
    mutating func insertStack() { stack = .max }

    /// Everything.
    public static let all: Self = {
        var set = Self()
        (set.general, set.vector, set.stack, set.flags) = (.max, .max, .max, .max)
        return set
    }()
}
