import Devices

/// A disk in memory, whose every byte is the low byte of its sector's number until it is written.
struct TestDisk: BlockStorage {
    let sectorCount: UInt64
    var isReadOnly = false
    var failure: BlockStorageError?
    private(set) var flushCount = 0
    private var written: [UInt64: [UInt8]] = [:]

    init(sectorCount: UInt64) { self.sectorCount = sectorCount }

    /// What is in a sector.
    func sector(_ number: UInt64) -> [UInt8] {
        written[number] ?? [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 512)
    }

    private func check(_ first: UInt64, _ byteCount: Int) throws(BlockStorageError) -> UInt64 {
        if let failure { throw failure }
        let count = UInt64(byteCount / 512)
        guard first < sectorCount, count <= sectorCount - first else { throw .outOfRange(first: first, count: count) }
        return count
    }

    mutating func read(from first: UInt64, into span: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        for index in 0..<(try check(first, span.count)) {
            let bytes = sector(first + index)
            for offset in 0..<512 { span[Int(index) * 512 + offset] = bytes[offset] }
        }
    }

    mutating func write(_ span: Span<UInt8>, to first: UInt64) throws(BlockStorageError) {
        let count = try check(first, span.count)
        if isReadOnly { throw .readOnly }
        for index in 0..<count { written[first + index] = (0..<512).map { span[Int(index) * 512 + $0] } }
    }

    mutating func flush() throws(BlockStorageError) {
        if let failure { throw failure }
        flushCount += 1
    }
}
