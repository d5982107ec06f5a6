internal import Devices
internal import Engine
public import X86

/// What a device wrote to guest memory: an input of the run, since a replay has no devices.
public struct DeviceWrite: Hashable, Sendable {
    /// Where the first byte went.
    public let address: GuestPhysicalAddress
    /// What was written.
    public let bytes: [UInt8]
}

/// Guest memory as the board's devices see it: all that they write is noted, in order.
struct DeviceMemory: GuestMemoryAccess {
    /// The most that devices move before the notes are taken: a guest's queue can name the same memory again and again.
    private static let limit = 128 << 20

    let memory: GuestMemory
    private(set) var writes: [DeviceWrite] = []
    private var writtenBytes = 0

    init(_ memory: GuestMemory) { self.memory = memory }

    mutating func read(
        at address: GuestPhysicalAddress,
        into bytes: inout MutableSpan<UInt8>
    ) throws(GuestMemoryError) {
        do { try memory.read(at: address, into: &bytes) } catch {
            throw GuestMemoryError(address: address, byteCount: bytes.count)
        }
    }

    mutating func write(_ bytes: Span<UInt8>, at address: GuestPhysicalAddress) throws(GuestMemoryError) {
        let count = bytes.count
        guard count > 0 else { return }
        guard count <= Self.limit - writtenBytes else {
            throw GuestMemoryError(address: address, byteCount: count)
        }
        do { try memory.write(bytes, at: address) } catch {
            throw GuestMemoryError(address: address, byteCount: count)
        }
        writtenBytes += count
        writes.append(DeviceWrite(address: address, bytes: [UInt8](copying: bytes)))
    }

    /// What was written since this was last called.
    mutating func takeWrites() -> [DeviceWrite] {
        defer {
            writes.removeAll(keepingCapacity: true)
            writtenBytes = 0
        }
        return writes
    }
}

extension [UInt8] {
    /// The bytes of a span.
    fileprivate init(copying span: Span<UInt8>) {
        // SAFETY: the array is as long as the span, whose bytes are copied while they are lent.
        unsafe self = span.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }
}
