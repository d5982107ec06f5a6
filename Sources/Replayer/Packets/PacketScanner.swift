internal import Platform
public import TraceFormat
internal import X86

/// Finds the packets in the events of a trace, which it takes one after another.
///
/// What a PC's network card gave its guest is known by the queues of the card, which the guest set up in its first moments.
/// In a trace that begins later, only what the guest sent is found.
public struct PacketScanner {
    /// The bytes in front of each packet in a virtio network card's buffers (Virtual I/O Device 1.2, 5.1.6).
    private static let headerSize = 12
    /// A virtio network card's queue of what was received.
    private static let receiveQueue: UInt16 = 0

    private let isUnikernel: Bool
    private var queues = VirtioQueues()
    private var writes = DeviceWrites()
    /// The parts of a packet that the guest is sending.
    private var sending: RecordedPacket?
    /// The unikernel's interface that waits for the result of a call.
    private var reading: Int?
    private var found: [RecordedPacket] = []

    /// Begins with a trace's first event.
    public init(_ header: TraceHeader) {
        isUnikernel = header.machine.board == BoardName.unikernel
    }

    /// Takes the next event. Returns the packets that are whole now, in order.
    public mutating func take(_ recorded: RecordedEvent) -> [RecordedPacket] {
        if case .deviceRead(let read) = recorded.event {
            takeWrites()
            note(read, recorded)
        } else {
            // What the card reports about a packet that it has sent ends the packet.
            flushSent()
            if !writes.take(recorded) {
                takeWrites()
                reading = nil
                queues.note(recorded.event)
            }
        }
        return takeFound()
    }

    /// The packets that were not returned yet.
    public mutating func finish() -> [RecordedPacket] {
        flushSent()
        takeWrites()
        return takeFound()
    }

    private mutating func takeFound() -> [RecordedPacket] {
        guard !found.isEmpty else { return [] }
        defer { found = [] }
        return found
    }

    private mutating func note(_ read: DeviceRead, _ recorded: RecordedEvent) {
        switch (read.content, isUnikernel ? Hypercall(read.port) : nil) {
        case (.arguments(let bytes), .some(let call)):
            switch try? HypercallArguments(of: call, bytes) {
            case .netRead(let transfer), .netWrite(let transfer): reading = Int(transfer.handle & 63)
            default: reading = nil
            }
        case (.data(let bytes), .netWrite): add(bytes, interface: reading ?? 0, recorded)
        case (.data(let bytes), nil) where !isUnikernel && !read.isConsole: add(bytes, interface: 0, recorded)
        default: break
        }
    }

    private mutating func add(_ bytes: [UInt8], interface: Int, _ recorded: RecordedEvent) {
        sending = RecordedPacket(
            direction: .sent,
            interface: interface,
            event: sending?.event ?? recorded.ordinal,
            time: sending?.time ?? recorded.time,
            bytes: (sending?.bytes ?? []) + bytes
        )
    }

    private mutating func flushSent() {
        if let packet = sending.take() { found.append(packet) }
    }

    private mutating func takeWrites() {
        let buffers = writes.takeBuffers()
        if isUnikernel {
            // The packet, then the call's results. Without a packet, there are only results.
            guard let reading, let writes = buffers.first?.writes, writes.count == 2, let first = writes.first else {
                return
            }
            return add(received: first.bytes[...], first, interface: reading)
        }
        for buffer in buffers {
            guard let queue = buffer.usedRing.flatMap({ queues.queue(withUsedRingAt: $0) }),
                queue.device.type == .network, queue.number == Self.receiveQueue, let first = buffer.writes.first
            else { continue }
            let bytes = buffer.writes.flatMap(\.bytes)
            if bytes.count > Self.headerSize { add(received: bytes[Self.headerSize...], first, interface: 0) }
        }
    }

    private mutating func add(received bytes: ArraySlice<UInt8>, _ write: DeviceWrites.Write, interface: Int) {
        found.append(
            RecordedPacket(
                direction: .received,
                interface: interface,
                event: write.ordinal,
                time: write.time,
                bytes: Array(bytes)
            )
        )
    }
}
