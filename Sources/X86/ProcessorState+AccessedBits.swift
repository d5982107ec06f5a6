/// The bit of a page-table entry that the processor sets when it uses the entry, and may also set when it only might
/// use it (Intel SDM vol. 3, 5.8).
public enum AccessedBit {
    /// The bit's place in the first byte of an entry.
    public static let mask: UInt8 = 1 << 5
    /// The place of the Dirty bit, which a processor sets with it for a write. Where the write does not come about because the
    /// host has to make room for it first, both are set although the instruction has not been executed.
    public static let dirty: UInt8 = 1 << 6

    /// Whether two versions of a byte differ in such a way that the Accessed bit of one entry explains it.
    ///
    /// - Parameters:
    ///   - offset: where in its page the byte lies; entries have 4 or 8 bytes and are aligned.
    ///   - withDirty: whether the Dirty bit explains it too.
    public static func mayExplain(_ one: UInt8, _ other: UInt8, at offset: Int, withDirty: Bool = false) -> Bool {
        let difference = one ^ other
        return difference != 0 && difference & ~(mask | (withDirty ? dirty : 0)) == 0 && offset % 4 == 0
    }
}

extension ProcessorState {
    /// Those of some bytes of memory that hold the Accessed bit of a present entry in a table that is reachable from
    /// CR3.
    ///
    /// Visits every table once for each level at which it serves, so tables that point to themselves do no harm.
    ///
    /// - Parameters:
    ///   - candidates: the bytes' addresses.
    ///   - dirty: those of them that hold the Dirty bit too, which only an entry that leads to a page has.
    ///   - readTable: gives the little-endian table entry of the given width at an address, or nil if there is no memory.
    public func accessedBits(
        among candidates: Set<GuestPhysicalAddress>,
        dirty: Set<GuestPhysicalAddress> = [],
        readTable: (GuestPhysicalAddress, AccessSize) -> UInt64?
    ) -> Set<GuestPhysicalAddress> {
        guard control.cr0 & ControlBit.paging != 0 else { return [] }
        let scheme = PagingScheme(control)
        let root = PageTable(address: control.cr3 & scheme.rootMask, level: scheme.levels)
        var found: Set<GuestPhysicalAddress> = []
        var waiting = [root]
        var seen: Set = [root]
        while found.count < candidates.count, let table = waiting.popLast() {
            forEachPresentEntry(of: table.address, level: table.level, scheme, readTable) { _, address, entry in
                let isLeaf = scheme.isLeaf(entry, level: table.level)
                if scheme.hasAccessedBit(atLevel: table.level), candidates.contains(address),
                    isLeaf || !dirty.contains(address)
                {
                    found.insert(address)
                }
                guard !isLeaf else { return }
                let frame = scheme.frame(of: entry, level: table.level) & ~0xFFF
                let next = PageTable(address: frame, level: table.level - 1)
                if seen.insert(next).inserted { waiting.append(next) }
            }
        }
        return found
    }
}

/// A page that serves as a table of one level.
private struct PageTable: Hashable {
    let address: UInt64
    let level: Int
}
