internal import TraceFormat
internal import X86

/// Finds the pieces of input in the events of a trace, which it takes one after another.
struct InputClassifier {
    private var inputs: [RecordedInput] = []
    private var queues = VirtioQueues()
    /// The kind of input in the next device writes to memory, as the guest's last write to a port or a device requested
    /// it. It decides where no queue says whose they are.
    private var transfer = InputKind.disk
    private var writes = DeviceWrites()

    /// Takes the next event.
    mutating func take(_ recorded: RecordedEvent) {
        guard !writes.take(recorded) else { return }
        takeWrites()
        queues.note(recorded.event)
        switch recorded.event {
        case .portRead(let access):
            if let kind = InputKind(readingFrom: access.port) {
                add(kind, recorded.ordinal, access.size.byteCount)
            }
        case .portWrite(let access): transfer = InputKind(transferStartedBy: access.port)
        case .memoryWrite(let access):
            transfer = queues.devices.virtioDevice(at: access.address).map { InputKind(from: $0.type) } ?? .disk
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
        for buffer in writes.takeBuffers() {
            let owner = buffer.usedRing.flatMap { queues.queue(withUsedRingAt: $0) }
            let kind = owner.map { InputKind(from: $0.device.type) } ?? transfer
            var data = buffer.writes
            // A disk request ends with a status byte.
            if kind == .disk, buffer.usedRing != nil, data.last?.bytes.count == 1 { data.removeLast() }
            for write in data { add(kind, write.ordinal, write.bytes.count) }
        }
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
