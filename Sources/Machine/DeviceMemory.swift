internal import Devices
internal import Engine
internal import GuestMemory
public import X86

/// What a device did to guest memory, or took from it.
public enum DeviceAccess: Hashable, Sendable {
    /// It wrote: an input of the run, since a replay has no devices.
    case write(DeviceWrite)
    /// It read what the guest gives to the outside.
    case read(GuestOutput)
}

/// What a device wrote to guest memory.
public struct DeviceWrite: Hashable, Sendable {
    /// Where the first byte went.
    public let address: GuestPhysicalAddress
    /// What was written.
    public let bytes: [UInt8]
}

/// What a guest gave to the outside by memory.
public struct GuestOutput: Hashable, Sendable {
    /// What it is.
    public enum Kind: Hashable, Sendable {
        /// A call's arguments.
        case arguments
        /// Text for the console.
        case console
        /// A packet.
        case packet
        /// Data for a disk.
        case storage
        /// What it leaves behind at its end.
        case cookie
    }

    /// What it is.
    public let kind: Kind
    /// The port through which it told of it; 0 where it did so by an access to memory.
    public let port: Port
    /// Where the first byte stands.
    public let address: GuestPhysicalAddress
    /// What was read.
    public let bytes: [UInt8]
}

/// Guest memory as the board's devices see it: all that they write is noted, in order, and what they note of what they read.
struct DeviceMemory: GuestMemoryAccess {
    /// The most that devices move before the notes are taken: a guest's queue can name the same memory again and again.
    private static let limit = 128 << 20

    let memory: GuestMemory
    private(set) var accesses: [DeviceAccess] = []
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
        accesses.append(.write(DeviceWrite(address: address, bytes: [UInt8](copying: bytes))))
    }

    mutating func noteText(_ bytes: [UInt8], at address: GuestPhysicalAddress) {
        accesses.append(.read(GuestOutput(kind: .console, port: Port(0), address: address, bytes: bytes)))
    }

    /// Notes that address line 20 is masked from here on, or let through.
    mutating func noteAddressLine20(masked: Bool) {
        let bytes = AddressLine20.control(masks: masked)
        accesses.append(.write(DeviceWrite(address: AddressLine20.control, bytes: bytes)))
    }

    /// Reads what the guest gives to the outside, and notes it; nothing at all is not noted, but for a call without arguments.
    mutating func take(
        _ kind: GuestOutput.Kind,
        at address: GuestPhysicalAddress,
        count: UInt64,
        port: Port
    ) throws(GuestMemoryError) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try memory.readAcross(address, count: count) } catch {
            throw GuestMemoryError(address: address, byteCount: Int(clamping: count))
        }
        guard count > 0 || kind == .arguments else { return bytes }
        accesses.append(.read(GuestOutput(kind: kind, port: port, address: address, bytes: bytes)))
        return bytes
    }

    /// Writes bytes, across regions too.
    mutating func put(_ bytes: [UInt8], at address: GuestPhysicalAddress) throws(GuestMemoryError) {
        guard !bytes.isEmpty else { return }
        do { try memory.writeAcross(bytes, at: address) } catch {
            throw GuestMemoryError(address: address, byteCount: bytes.count)
        }
        accesses.append(.write(DeviceWrite(address: address, bytes: bytes)))
    }

    /// What was written or noted since this was last called.
    mutating func takeAccesses() -> [DeviceAccess] {
        defer {
            accesses.removeAll(keepingCapacity: true)
            writtenBytes = 0
        }
        return accesses
    }
}

extension [UInt8] {
    /// The bytes of a span.
    fileprivate init(copying span: Span<UInt8>) {
        // SAFETY: the array is as long as the span, whose bytes are copied while they are lent.
        unsafe self = span.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }
}
