internal import Platform
import X86

/// A virtio console with one port (Virtual I/O Device 1.2, 5.3).
public struct VirtioConsole: Sendable {
    /// What the console remembers.
    public struct State: Hashable, Sendable {
        var transport: VirtioTransport.State
    }

    /// The queues of port 0.
    public enum Queue: Int, Sendable {
        /// The driver offers room for what the host sends.
        case receive = 0
        /// The driver offers what the guest sends.
        case transmit = 1
    }

    private static let queueSize: UInt16 = 64
    /// The most bytes that a driver sends in one buffer; Linux sends at most 32 KiB.
    private static let maximumBytes: UInt64 = 64 << 10

    /// The registers and the queues.
    public var transport: VirtioTransport

    /// A console after reset.
    public init() {
        // No feature is offered for which the sizes in the configuration would matter.
        transport = VirtioTransport(
            type: .console,
            classCode: 0x07_80_00,
            features: 0,
            queueSizes: [Self.queueSize, Self.queueSize],
            configuration: [UInt8](repeating: 0, count: 12)
        )
    }

    /// A console as it was.
    public init(state: State) { transport = VirtioTransport(state: state.transport) }

    /// What the console remembers.
    public var state: State { State(transport: transport.state) }

    /// Takes what the guest has sent, after the driver has announced it.
    public mutating func transmit(memory: inout some GuestMemoryAccess) -> [UInt8] {
        var sent: [UInt8] = []
        transport.serve(queue: Queue.transmit.rawValue, &memory) { (buffer, memory) throws(VirtioQueue.Fault) in
            guard buffer.readable.byteCount <= Self.maximumBytes else { throw .tooLarge }
            var stretches: [(address: GuestPhysicalAddress, bytes: [UInt8])] = []
            while let stretch = try buffer.readable.readStretch(Self.maximumBytes, &memory) {
                stretches.append(stretch)
            }
            // The whole buffer is in memory, so all of it is shown.
            for (address, bytes) in stretches {
                memory.noteText(bytes, at: address)
                sent += bytes
            }
            return 0
        }
        return sent
    }

    /// How many bytes ``receive(_:memory:)`` can take now.
    public mutating func receiveRoom(memory: inout some GuestMemoryAccess) -> Int {
        Int(transport.nextRoom(queue: Queue.receive.rawValue, &memory))
    }

    /// Gives the guest bytes from the host. Returns how many it had room for; offer the rest again when the driver has
    /// announced room.
    public mutating func receive(_ bytes: [UInt8], memory: inout some GuestMemoryAccess) -> Int {
        var done = 0
        transport.serve(queue: Queue.receive.rawValue, &memory) { (buffer, memory) throws(VirtioQueue.Fault) in
            guard done < bytes.count else { return nil }
            let written = try buffer.writable.write(Array(bytes[done...]), &memory)
            done += written
            return UInt32(written)
        }
        return done
    }
}
