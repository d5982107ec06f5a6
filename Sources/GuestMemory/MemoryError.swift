internal import Glibc
public import X86

/// Why guest memory could not be made, or an access to it was refused.
public enum MemoryError: Error, CustomStringConvertible {
    /// The host refused memory for the guest; `errno` as `mmap` gave it.
    case refused(bytes: UInt64, errno: Int32)
    /// The memory map breaks a rule; the text names it.
    case invalidMap(String)
    /// An access lies outside the guest's memory.
    case outside(GuestPhysicalAddress, bytes: Int)

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .refused(let bytes, let errno):
            "the host refused \(bytes >> 20) MiB of guest memory (\(unsafe String(cString: strerror(errno)))); "
                + "use a smaller --memory"
        case .invalidMap(let problem):
            "invalid memory map: \(problem)"
        case .outside(let address, let bytes):
            "\(bytes) bytes at \(address) are outside the guest's memory"
        }
    }
}
