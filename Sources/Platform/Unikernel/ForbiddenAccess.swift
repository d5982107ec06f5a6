public import X86

/// An access that ends a unikernel's run, because its machine has nothing there. The description is the outcome's text.
public enum ForbiddenAccess: Hashable, Sendable, CustomStringConvertible {
    /// A read of a port.
    case portRead(Port, AccessSize)
    /// A write to a port that is not a call's.
    case portWrite(Port, AccessSize)
    /// A read of `length` bytes outside memory.
    case memoryRead(GuestPhysicalAddress, length: UInt8)
    /// A write of `length` bytes outside memory, or to memory that is read-only (`isPresent`).
    case memoryWrite(GuestPhysicalAddress, length: UInt8, isPresent: Bool)

    /// What the guest did, in words.
    public var description: String {
        switch self {
        case .portRead(let port, let size):
            "it read \(size.byteCount) bytes from port \(port), which a unikernel cannot"
        case .portWrite(let port, let size): "it wrote \(size.byteCount) bytes to port \(port), which is no call"
        case .memoryRead(let address, let length): "it read \(length) bytes at \(address), where no memory is"
        case .memoryWrite(let address, let length, let isPresent):
            "it wrote \(length) bytes at \(address), \(isPresent ? "which can only be read" : "where no memory is")"
        }
    }
}
