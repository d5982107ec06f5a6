public import X86

/// An access by which a unikernel's run ends, because its machine has nothing there. The text is that of the outcome.
public enum ForbiddenAccess: Hashable, Sendable, CustomStringConvertible {
    /// A read of a port.
    case portRead(Port, AccessSize)
    /// A write to a port that is no call.
    case portWrite(Port, AccessSize)
    /// A read of so many bytes where no memory is.
    case memoryRead(GuestPhysicalAddress, length: UInt8)
    /// A write of so many bytes where no memory is, or where it can only be read.
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
