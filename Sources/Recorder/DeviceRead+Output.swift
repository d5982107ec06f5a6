internal import ByteCoding
internal import Machine
internal import TraceFormat

extension DeviceRead {
    /// If a disk write has more bytes than this, the trace keeps only its digest. A replay produces the data again and
    /// only has to compare it.
    private static let mostStorageBytes = 256

    /// Converts a guest's output to the form that a trace keeps.
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
