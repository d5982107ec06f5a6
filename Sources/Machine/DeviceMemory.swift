internal import Devices
internal import Engine
internal import GuestMemory
public import X86

/// What a device wrote to guest memory or read from it.
public enum DeviceAccess: Hashable, Sendable {
    /// It wrote. This is an input of the run, since a replay has no devices.
    case write(DeviceWrite)
    /// It read something that the guest sends out of the machine.
    case read(GuestOutput)
}

/// What a device wrote to guest memory.
public struct DeviceWrite: Hashable, Sendable {
    /// Where the first byte went.
    public let address: GuestPhysicalAddress
    /// What was written.
    public let bytes: [UInt8]
}

/// What a guest sent out of the machine through memory.
public struct GuestOutput: Hashable, Sendable {
    /// The kinds of output.
    public enum Kind: Hashable, Sendable {
        /// A call's arguments.
        case arguments
        /// Text for the console.
        case console
        /// A packet.
        case packet
        /// Data for a disk.
        case storage
        /// What the guest leaves behind at its end.
        case cookie
    }

    /// What it is.
    public let kind: Kind
    /// The port with which the guest announced it; 0 if it did so by an access to memory.
    public let port: Port
    /// The address of the first byte.
    public let address: GuestPhysicalAddress
    /// What was read.
    public let bytes: [UInt8]
}

/// Guest memory for the board's devices. It notes everything that they write, in order, and those reads that they
/// report.
struct DeviceMemory: GuestMemoryAccess {
    /// The most that devices write before the notes are taken. A limit is needed because a guest's queue can name the
    /// same memory again and again.
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

    mutating func notePacket(_ bytes: [UInt8], at address: GuestPhysicalAddress) {
        accesses.append(.read(GuestOutput(kind: .packet, port: Port(0), address: address, bytes: bytes)))
    }

    /// Notes that address line 20 is masked, or no longer masked, from here on.
    mutating func noteAddressLine20(masked: Bool) {
        let bytes = AddressLine20.control(masks: masked)
        accesses.append(.write(DeviceWrite(address: AddressLine20.control, bytes: bytes)))
    }

    /// Reads what the guest sends out of the machine, and notes it. Empty data is noted only for a call without
    /// arguments.
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

    /// Writes bytes, which may span regions.
    mutating func put(_ bytes: [UInt8], at address: GuestPhysicalAddress) throws(GuestMemoryError) {
        guard !bytes.isEmpty else { return }
        do { try memory.writeAcross(bytes, at: address) } catch {
            throw GuestMemoryError(address: address, byteCount: bytes.count)
        }
        accesses.append(.write(DeviceWrite(address: address, bytes: bytes)))
    }

    /// What was written or noted since the last call.
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
