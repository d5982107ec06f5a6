internal import ByteCoding
internal import Platform
import X86

/// A virtio source of random numbers (Virtual I/O Device 1.2, 5.4). The caller supplies the numbers with each access.
public struct VirtioEntropy: Sendable {
    /// What the device remembers.
    public struct State: Hashable, Sendable {
        var transport: VirtioTransport.State
    }

    private static let queueSize: UInt16 = 8
    /// The most bytes for one buffer; the driver asks again if it needs more.
    private static let maximumBytes: UInt64 = 4096

    /// The registers and the queue.
    public var transport: VirtioTransport

    /// A device after reset.
    public init() {
        transport = VirtioTransport(
            type: .entropy,
            classCode: 0x00_FF_00,
            features: 0,
            queueSizes: [Self.queueSize],
            configuration: []
        )
    }

    /// A device as it was.
    public init(state: State) { transport = VirtioTransport(state: state.transport) }

    /// What the device remembers.
    public var state: State { State(transport: transport.state) }

    /// Fills the buffers in the queue from `numbers`, after the driver has announced some.
    public mutating func service(numbers: inout some RandomNumberGenerator, memory: inout some GuestMemoryAccess) {
        transport.serve(queue: 0, &memory) { (buffer, memory) throws(VirtioQueue.Fault) in
            let count = Int(min(buffer.writable.byteCount, Self.maximumBytes))
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 8)
            while bytes.count < count { bytes += LittleEndian.bytes(of: numbers.next()) }
            bytes.removeLast(bytes.count - count)
            return UInt32(try buffer.writable.write(bytes, &memory))
        }
    }
}
