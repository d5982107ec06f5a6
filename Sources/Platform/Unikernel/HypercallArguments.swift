public import ByteCoding

/// The arguments of one call, as its structure holds them. Addresses are guest-physical; nothing is checked.
public enum HypercallArguments: Hashable, Sendable {
    /// What a call moves between the guest and a device.
    public struct Transfer: Hashable, Sendable {
        /// The device's index in the manifest.
        public var handle: UInt64
        /// Where on the device, in bytes; 0 for packets.
        public var offset: UInt64
        /// Where in guest memory.
        public var data: UInt64
        /// Bytes.
        public var length: UInt64

        /// Makes a transfer of its parts.
        public init(handle: UInt64, offset: UInt64 = 0, data: UInt64, length: UInt64) {
            self.handle = handle
            self.offset = offset
            self.data = data
            self.length = length
        }
    }

    /// Nothing.
    case walltime
    /// The address of the text, and its length in bytes.
    case puts(data: UInt64, length: UInt64)
    /// The longest time to wait, in nanoseconds.
    case poll(timeout: UInt64)
    /// What to write, and where.
    case blockWrite(Transfer)
    /// What to read, and where.
    case blockRead(Transfer)
    /// The packet.
    case netWrite(Transfer)
    /// Room for a packet.
    case netRead(Transfer)
    /// The address of what the guest leaves at its end, or 0; and its exit status.
    case halt(cookie: UInt64, status: Int32)

    /// Decodes the arguments of a call: its first ``Hypercall/argumentSize`` bytes.
    public init(of call: Hypercall, _ bytes: [UInt8]) throws(ByteCodingError) {
        var cursor = ByteCursor(bytes.rawSpan)
        switch call {
        case .walltime: self = .walltime
        case .puts: self = .puts(data: try cursor.read(), length: try cursor.read())
        case .poll: self = .poll(timeout: try cursor.read())
        case .blockWrite: self = .blockWrite(try Transfer(blockFrom: &cursor))
        case .blockRead: self = .blockRead(try Transfer(blockFrom: &cursor))
        case .netWrite: self = .netWrite(try Transfer(packetFrom: &cursor))
        case .netRead: self = .netRead(try Transfer(packetFrom: &cursor))
        case .halt: self = .halt(cookie: try cursor.read(), status: try cursor.read())
        }
        try cursor.expectEnd()
    }

    /// The call that has these arguments.
    public var call: Hypercall {
        switch self {
        case .walltime: .walltime
        case .puts: .puts
        case .poll: .poll
        case .blockWrite: .blockWrite
        case .blockRead: .blockRead
        case .netWrite: .netWrite
        case .netRead: .netRead
        case .halt: .halt
        }
    }
}

extension HypercallArguments.Transfer {
    fileprivate init(blockFrom cursor: inout ByteCursor) throws(ByteCodingError) {
        self.init(
            handle: try cursor.read(),
            offset: try cursor.read(),
            data: try cursor.read(),
            length: try cursor.read()
        )
    }

    fileprivate init(packetFrom cursor: inout ByteCursor) throws(ByteCodingError) {
        self.init(handle: try cursor.read(), data: try cursor.read(), length: try cursor.read())
    }
}

extension HypercallArguments: CustomStringConvertible {
    /// The call with its arguments, by their names in the ABI.
    public var description: String {
        switch self {
        case .walltime: "walltime()"
        case .puts(let data, let length): "puts(data \(Self.hex(data)), len \(length))"
        case .poll(let timeout): "poll(timeout_nsecs \(timeout))"
        case .blockWrite(let transfer), .blockRead(let transfer):
            "\(call.name)(handle \(transfer.handle), offset \(Self.hex(transfer.offset)), "
                + "data \(Self.hex(transfer.data)), len \(transfer.length))"
        case .netWrite(let transfer), .netRead(let transfer):
            "\(call.name)(handle \(transfer.handle), data \(Self.hex(transfer.data)), len \(transfer.length))"
        case .halt(let cookie, let status): "halt(cookie \(Self.hex(cookie)), exit_status \(status))"
        }
    }

    private static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
