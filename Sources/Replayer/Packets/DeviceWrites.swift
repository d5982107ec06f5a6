internal import TraceFormat
internal import X86

/// What devices wrote to guest memory one after another, with no other event between.
struct DeviceWrites {
    /// One of these writes.
    struct Write {
        var ordinal: EventOrdinal
        var time: UInt32
        var address: GuestPhysicalAddress
        var bytes: [UInt8]
    }

    /// What a device wrote for a buffer of a virtio queue, and then, in the used ring, that the buffer is done.
    struct Buffer {
        /// The content.
        var writes: ArraySlice<Write>
        /// The used ring's address; nil if this is no buffer of a queue, or none that is done.
        var usedRing: GuestPhysicalAddress?
    }

    private var writes: [Write] = []

    /// Takes an event; false if it is no write of a device. A write of no bytes stands for a keyframe that a copy has left
    /// out. The guest itself causes the changes of address line 20.
    mutating func take(_ recorded: RecordedEvent) -> Bool {
        guard case .deviceWrite(let address, let bytes) = recorded.event, !bytes.isEmpty else { return false }
        if AddressLine20.isMasked(by: address, bytes) == nil {
            writes.append(Write(ordinal: recorded.ordinal, time: recorded.time, address: address, bytes: bytes))
        }
        return true
    }

    /// What was written since the last call, in order. What comes after the last buffer that is done is an element too.
    mutating func takeBuffers() -> [Buffer] {
        var buffers: [Buffer] = []
        var start = 0
        for index in writes.indices.dropFirst() where index > start && Self.isUsedRing(writes[index - 1], writes[index])
        {
            let ring = GuestPhysicalAddress(writes[index].address.rawValue &- 2)
            buffers.append(Buffer(writes: writes[start..<index - 1], usedRing: ring))
            start = index + 1
        }
        if start < writes.count { buffers.append(Buffer(writes: writes[start...], usedRing: nil)) }
        writes = []
        return buffers
    }

    /// Whether two writes are an element of a used ring and the ring's new index (Virtual I/O Device 1.2, 2.7.8).
    private static func isUsedRing(_ element: Write, _ index: Write) -> Bool {
        let elements = index.address.rawValue &+ 2
        return element.bytes.count == 8 && index.bytes.count == 2 && element.address.rawValue >= elements
            && (element.address.rawValue - elements) % 8 == 0
    }
}
