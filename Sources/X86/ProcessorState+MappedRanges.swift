extension ProcessorState {
    /// A stretch of linear addresses that the guest's paging maps to a stretch of physical ones.
    public struct MappedRange: Hashable, Sendable {
        /// The first linear address; in long mode, canonical.
        public var linear: GuestVirtualAddress
        /// Where it is mapped.
        public var physical: GuestPhysicalAddress
        /// Bytes; a multiple of 4096.
        public var byteCount: UInt64
    }

    /// How often one page table is followed. Linux maps one table millions of times for its espfix stacks, and a table may name
    /// itself.
    private static var mostVisits: Int { 16 }

    /// All that the guest's paging maps, by ascending linear address; empty with paging off.
    ///
    /// Neighbours are one range where their physical addresses are neighbours too. A table that is used in more than 16 places is
    /// left out in the others.
    ///
    /// - Parameter readTable: gives the little-endian table entry of the given width at an address, or nil if there is no memory.
    public func mappedRanges(readTable: (GuestPhysicalAddress, AccessSize) -> UInt64?) -> [MappedRange] {
        guard control.cr0 & ControlBit.paging != 0 else { return [] }
        let scheme = PagingScheme(control)
        var ranges: [MappedRange] = []
        var visits: [UInt64: Int] = [:]

        func add(_ linear: UInt64, _ physical: UInt64, _ byteCount: UInt64) {
            let linear = scheme.canonical(linear)
            if let last = ranges.last, last.linear.rawValue &+ last.byteCount == linear,
                last.physical.rawValue &+ last.byteCount == physical
            {
                ranges[ranges.count - 1].byteCount += byteCount
            } else {
                ranges.append(
                    MappedRange(
                        linear: GuestVirtualAddress(linear),
                        physical: GuestPhysicalAddress(physical),
                        byteCount: byteCount
                    )
                )
            }
        }

        func follow(_ table: UInt64, level: Int, from linear: UInt64) {
            visits[table, default: 0] += 1
            guard visits[table, default: 0] <= Self.mostVisits else { return }
            let shift = UInt64(scheme.shift(ofLevel: level))
            forEachPresentEntry(of: table, level: level, scheme, readTable) { index, _, entry in
                let start = linear | index << shift
                let frame = scheme.frame(of: entry, level: level)
                if scheme.isLeaf(entry, level: level) {
                    let size = UInt64(1) << shift
                    add(start, physical(frame & ~(size - 1)).rawValue, size)
                } else {
                    follow(frame & ~0xFFF, level: level - 1, from: start)
                }
            }
        }

        follow(control.cr3 & scheme.rootMask, level: scheme.levels, from: 0)
        return ranges
    }
}
