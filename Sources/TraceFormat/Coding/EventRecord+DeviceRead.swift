import ByteCoding
import X86

extension DeviceRead {
    /// How a read's content is stored. Numbered as in a trace.
    enum Form: UInt8 {
        case arguments = 0
        case data = 1
        case digest = 2
    }

    /// The read as events that fit into a chunk: data of more than 65536 bytes is divided.
    var parts: [Self] {
        guard case .data(let bytes) = content, bytes.count > Limits.deviceWriteBytes else { return [self] }
        return stride(from: 0, to: bytes.count, by: Limits.deviceWriteBytes).map { start in
            var part = self
            part.address = GuestPhysicalAddress(address.rawValue &+ UInt64(start))
            part.content = .data(Array(bytes[start..<min(start + Limits.deviceWriteBytes, bytes.count)]))
            return part
        }
    }

    /// The bytes that come with the read's record.
    var payload: [UInt8] {
        switch content {
        case .arguments(let bytes), .data(let bytes): return bytes
        case .digest(let digest, _):
            var writer = ByteWriter(capacity: Limits.digestBytes)
            writer.write(digest.low)
            writer.write(digest.high)
            return writer.bytes
        }
    }
}

extension DeviceRead.Content {
    /// How it is stored.
    var form: DeviceRead.Form {
        switch self {
        case .arguments: .arguments
        case .data: .data
        case .digest: .digest
        }
    }
}

extension EventRecord {
    /// The device read of a record.
    func deviceRead(payload: RawSpan) throws(ByteCodingError) -> DeviceRead {
        guard let port = UInt16(exactly: key) else { throw .invalidValue(field: "port", value: UInt64(key)) }
        guard let form = DeviceRead.Form(rawValue: detail) else {
            throw .invalidValue(field: "form of a device read", value: UInt64(detail))
        }
        guard flags == 0 || form == .data else { throw .invalidValue(field: "flags", value: UInt64(flags)) }
        var cursor = ByteCursor(payload)
        let content: DeviceRead.Content
        switch form {
        case .arguments: content = .arguments(try cursor.readBytes(count: cursor.remaining))
        case .data: content = .data(try cursor.readBytes(count: cursor.remaining))
        case .digest:
            guard value > 0, value <= Limits.memoryTop else { throw .invalidValue(field: "length", value: value) }
            content = .digest(Digest128(low: try cursor.read(), high: try cursor.read()), count: value)
        }
        return DeviceRead(
            port: Port(port),
            address: GuestPhysicalAddress(address),
            content: content,
            isConsole: flags != 0
        )
    }

    /// Whether an event of this kind can have this length.
    var hasValidLength: Bool {
        switch kind {
        case Event.Kind.deviceWrite.rawValue: value <= Limits.deviceWriteBytes
        case Event.Kind.deviceRead.rawValue:
            detail == DeviceRead.Form.digest.rawValue || value <= Limits.deviceWriteBytes
        case Event.Kind.end.rawValue: value <= Limits.chunkBytes
        default: true
        }
    }
}
