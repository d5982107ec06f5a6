internal import ByteCoding
internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Compares what a device read from guest memory in the recording with what is there now. The guest provided this
    /// data.
    mutating func compareDeviceRead(_ read: DeviceRead, _ recorded: RecordedEvent) throws(ReplayStop) {
        try onEngine(processor.completePendingAccess())
        let actual = try onMemory(at: recorded.ordinal, DeviceRead(again: read, in: processor.memory))
        guard actual != read else { return }
        throw divergence(at: recorded, expected: read.words, actual: actual.words(insteadOf: read))
    }
}

extension DeviceRead {
    /// The same read, performed on memory as it is now.
    fileprivate init(again read: DeviceRead, in memory: GuestMemory) throws(MemoryError) {
        self = read
        let bytes = try memory.readAcross(read.address, count: read.byteCount)
        switch read.content {
        case .arguments: content = .arguments(bytes)
        case .data: content = .data(bytes)
        case .digest: content = .digest(Digest128(hashing: bytes.rawSpan), count: read.byteCount)
        }
    }

    fileprivate var words: String { "the guest gives \(self)" }

    /// What was read instead. If both descriptions would be the same, describes the bytes that differ.
    fileprivate func words(insteadOf other: DeviceRead) -> String {
        guard case .data(let bytes) = content, case .data(let others) = other.content,
            let first = bytes.indices.first(where: { bytes[$0] != others[$0] })
        else { return words }
        let end = min(first + 8, bytes.count)
        return
            "\(words), from byte \(first) on \(Self.hex(bytes[first..<end])) instead of \(Self.hex(others[first..<end]))"
    }

    private static func hex(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined(separator: " ")
    }
}
