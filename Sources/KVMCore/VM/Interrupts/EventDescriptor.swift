import Glibc
import SystemPackage

/// A kernel counter with which KVM and this process signal each other (eventfd(2)). It is close-on-exec and never
/// blocks.
public struct EventDescriptor: ~Copyable, Sendable {
    let rawValue: CInt

    /// Makes a counter of zero.
    public init() throws(KVMError) {
        do {
            rawValue = try HostCalls.real.openEvent()
        } catch {
            throw KVMError(operation: "eventfd", cause: .system(error))
        }
    }

    deinit { HostCalls.real.close(rawValue) }

    /// Adds one.
    public func signal() throws(KVMError) {
        var one: UInt64 = 1
        // SAFETY: the pointer is to as many bytes as are written.
        guard unsafe write(rawValue, &one, MemoryLayout<UInt64>.size) == MemoryLayout<UInt64>.size else {
            throw KVMError(operation: "write", argument: "eventfd", cause: .system(Errno(rawValue: errno)))
        }
    }

    /// Returns the count and resets it to zero.
    public func take() throws(KVMError) -> UInt64 {
        var count: UInt64 = 0
        // SAFETY: the pointer is to as many bytes as are read.
        guard unsafe read(rawValue, &count, MemoryLayout<UInt64>.size) == MemoryLayout<UInt64>.size else {
            let error = Errno(rawValue: errno)
            guard error == .resourceTemporarilyUnavailable else {
                throw KVMError(operation: "read", argument: "eventfd", cause: .system(error))
            }
            return 0
        }
        return count
    }
}
