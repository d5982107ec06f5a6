internal import TraceFormat
internal import X86

/// Finds the pieces of input in the events of a trace, which it takes one after another.
struct InputClassifier {
    private var inputs: [RecordedInput] = []
    private var devices = PCIDevices()
    /// The kind of input in the next device writes to memory, as the guest's last write to a port or a device requested
    /// it.
    private var transfer = InputKind.disk
    /// Device writes to memory that follow one another directly.
    private var writes: [Write] = []

    private struct Write {
        var ordinal: EventOrdinal
        var address: GuestPhysicalAddress
        var count: Int
    }

    /// Takes the next event.
    mutating func take(_ recorded: RecordedEvent) {
        // A write of no bytes stands for a keyframe that a copy has left out.
        if case .deviceWrite(let address, let bytes) = recorded.event, !bytes.isEmpty {
            // The guest itself causes the changes of address line 20.
            guard AddressLine20.isMasked(by: address, bytes) == nil else { return }
            writes.append(Write(ordinal: recorded.ordinal, address: address, count: bytes.count))
            return
        }
        takeWrites()
        switch recorded.event {
        case .portRead(let access):
            devices.noteRead(access)
            if let kind = InputKind(readingFrom: access.port) {
                add(kind, recorded.ordinal, access.size.byteCount)
            }
        case .portWrite(let access):
            devices.noteWrite(access)
            transfer = InputKind(transferStartedBy: access.port)
        case .memoryWrite(let access):
            transfer = devices.kind(of: access.address) ?? .disk
        case .hiddenRead(let read) where read.instruction == .rdrand || read.instruction == .rdseed:
            add(.random, recorded.ordinal, 8)
        default: break
        }
    }

    /// All pieces that were found.
    consuming func finish() -> [RecordedInput] {
        takeWrites()
        return inputs
    }

    /// Separates what devices wrote in one go: data, and what a virtio device reports about a finished request.
    private mutating func takeWrites() {
        var isData = [Bool](repeating: true, count: writes.count)
        for index in writes.indices.dropFirst() where isUsedRing(writes[index - 1], writes[index]) {
            (isData[index - 1], isData[index]) = (false, false)
            // A disk request ends with a status byte.
            if transfer == .disk, index > 1, writes[index - 2].count == 1 { isData[index - 2] = false }
        }
        for (write, isData) in zip(writes, isData) where isData { add(transfer, write.ordinal, write.count) }
        writes.removeAll(keepingCapacity: true)
    }

    /// Whether two writes are an element of a used ring and the ring's new index (Virtual I/O Device 1.2, 2.7.8).
    private func isUsedRing(_ element: Write, _ index: Write) -> Bool {
        let elements = index.address.rawValue &+ 2
        return element.count == 8 && index.count == 2 && element.address.rawValue >= elements
            && (element.address.rawValue - elements) % 8 == 0
    }

    private mutating func add(_ kind: InputKind, _ ordinal: EventOrdinal, _ byteCount: Int) {
        if let last = inputs.indices.last, inputs[last].kind == kind,
            inputs[last].events.upperBound.rawValue + 1 == ordinal.rawValue
        {
            inputs[last].events = inputs[last].events.lowerBound...ordinal
            inputs[last].byteCount += UInt64(byteCount)
        } else {
            inputs.append(RecordedInput(kind: kind, events: ordinal...ordinal, byteCount: UInt64(byteCount)))
        }
    }
}
