internal import ByteCoding
internal import Machine
internal import TraceFormat

extension DeviceRead {
    /// Data for a disk of more bytes than this is kept as a digest: a replay makes it again, and needs to compare it only.
    private static let mostStorageBytes = 256

    /// What a guest gave, as a trace keeps it.
    init(_ output: GuestOutput) {
        let content: Content
        switch output.kind {
        case .arguments: content = .arguments(output.bytes)
        case .storage where output.bytes.count > Self.mostStorageBytes:
            content = .digest(Digest128(hashing: output.bytes.rawSpan), count: UInt64(output.bytes.count))
        case .console, .packet, .storage, .cookie: content = .data(output.bytes)
        }
        self.init(
            port: output.port,
            address: output.address,
            content: content,
            isConsole: output.kind == .console
        )
    }
}
