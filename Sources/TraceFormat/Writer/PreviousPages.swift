import ByteCoding

/// The previous content of pages that changed recently. If two pages share a slot, the later one stays.
struct PreviousPages {
    private var pages = [UInt64](repeating: .max, count: Self.slotCount)
    private var contents: [[UInt8]] = Array(repeating: [], count: Self.slotCount)

    /// At most 64 MiB, of which only the used part is allocated.
    private static let slotCount = 16384

    /// One bit for each line of `bytes` that differs from what `page` held before. Nil if that is unknown, or if so
    /// much changed that the whole page should be stored.
    func changedLines(_ page: UInt64, _ bytes: RawSpan) -> UInt64? {
        let slot = Int(page % UInt64(Self.slotCount))
        guard pages[slot] == page else { return nil }
        let content = contents[slot]
        let old = content.rawSpan
        var changes: UInt64 = 0
        for line in 0..<64 {
            let range = line * Limits.lineBytes..<(line + 1) * Limits.lineBytes
            if !bytes.extracting(range).isEqual(to: old.extracting(range)) { changes |= 1 << UInt64(line) }
        }
        return changes.nonzeroBitCount <= 48 ? changes : nil
    }

    /// Appends the `lines` of `bytes`, as ``changedLines(_:_:)`` found them, each XORed with what `page` held before: most of it is
    /// zeros, which take next to no space when they are packed.
    func appendDifference(_ page: UInt64, _ bytes: RawSpan, lines: UInt64, to writer: inout ByteWriter) {
        let content = contents[Int(page % UInt64(Self.slotCount))]
        let old = content.rawSpan
        for line in 0..<64 where lines >> UInt64(line) & 1 == 1 {
            for word in stride(from: line * Limits.lineBytes, to: (line + 1) * Limits.lineBytes, by: 8) {
                // SAFETY: `changedLines` has compared both up to their ends, which are those of a page.
                unsafe writer.write(
                    bytes.unsafeLoadUnaligned(fromByteOffset: word, as: UInt64.self)
                        ^ old.unsafeLoadUnaligned(fromByteOffset: word, as: UInt64.self)
                )
            }
        }
    }

    /// Remembers the present content of `page`.
    mutating func set(_ page: UInt64, _ bytes: RawSpan) {
        let slot = Int(page % UInt64(Self.slotCount))
        pages[slot] = page
        contents[slot].removeAll(keepingCapacity: true)
        contents[slot].append(bytes)
    }
}
