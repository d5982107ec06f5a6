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

    /// Remembers the present content of `page`.
    mutating func set(_ page: UInt64, _ bytes: RawSpan) {
        let slot = Int(page % UInt64(Self.slotCount))
        pages[slot] = page
        contents[slot].removeAll(keepingCapacity: true)
        contents[slot].append(bytes)
    }
}
