import ByteCoding
public import X86

/// Guest memory as it was at a keyframe. Pages are read from the trace when they are needed; recently read ones are
/// kept, within limits.
public struct KeyframeMemory: Sendable {
    private let reader: TraceReader
    /// The keyframes whose page tables together list every page, beginning with this keyframe.
    private let keyframes: [KeyframeTables]
    private var tables: [UInt64: [PageTable.Entry]] = [:]
    private let contents: PageContents

    /// Bytes of a page.
    public static let pageSize = Limits.pageBytes
    /// How many decoded page tables are kept; a table has at most 512 KiB.
    private static let keptTables = 64

    /// A keyframe's page table, in parts.
    struct KeyframeTables: Sendable {
        var number: UInt32
        var parts: [KeyframeRecord.TablePart]
    }

    /// `keyframes`: this one, the one whose number is this one's without its lowest set bit, and so on down to 0.
    init(_ reader: TraceReader, keyframes: [KeyframeTables]) {
        self.reader = reader
        self.keyframes = keyframes
        contents = PageContents(reader.file)
    }

    /// The 4096 bytes of the page at `address`, which is a multiple of 4096. Zeros if the guest has no memory there or
    /// never wrote to it.
    public mutating func page(at address: GuestPhysicalAddress) throws(TraceError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.pageSize)
        try contents.read(location(of: address), into: &bytes)
        return bytes
    }

    /// Where the content of the page at an address is stored.
    private mutating func location(of address: GuestPhysicalAddress) throws(TraceError) -> PageLocation {
        let page = address.rawValue / UInt64(Self.pageSize)
        for keyframe in keyframes {
            let part = keyframe.parts.partition { $0.firstPage <= page } - 1
            guard part >= 0 else { continue }
            let entries = try table(part, of: keyframe)
            let place = entries.partition { $0.page < page }
            guard place < entries.count, entries[place].page == page else { continue }
            return entries[place].location
        }
        return .zero
    }

    /// Calls `body` once for every page that may be other than zero, in no particular order.
    public mutating func forEachPage(
        _ body: (GuestPhysicalAddress, RawSpan) throws(TraceError) -> Void
    ) throws(TraceError) {
        var bytes = [UInt8](repeating: 0, count: Self.pageSize)
        for (page, location) in try locations() {
            try contents.read(location, into: &bytes)
            try body(GuestPhysicalAddress(page * UInt64(Self.pageSize)), bytes.rawSpan)
        }
    }

    /// The pages that may differ from those at another keyframe of the same trace; nil stands for memory that is all
    /// zero.
    ///
    /// The cost is that of the page tables that the two keyframes do not share, which are at most as many as their
    /// numbers have bits.
    public mutating func pages(
        thatMayDifferFrom other: KeyframeMemory?
    ) throws(TraceError) -> Set<GuestPhysicalAddress> {
        let theirs = other?.keyframes ?? []
        let shared = Set(theirs.map(\.number)).intersection(keyframes.map(\.number))
        var pages: Set<GuestPhysicalAddress> = []
        for keyframe in keyframes + theirs where !shared.contains(keyframe.number) {
            for part in keyframe.parts.indices {
                for entry in try table(part, of: keyframe) {
                    pages.insert(GuestPhysicalAddress(entry.page * UInt64(Self.pageSize)))
                }
            }
        }
        return pages
    }

    /// The stored pages, by address: all that may be other than zero.
    mutating func storedPages() throws(TraceError) -> [GuestPhysicalAddress] {
        try locations().map(\.page).sorted().map { GuestPhysicalAddress($0 * UInt64(Self.pageSize)) }
    }

    /// The pages that changed since the keyframe before, in ascending order.
    mutating func changedPages() throws(TraceError) -> [GuestPhysicalAddress] {
        var pages: [GuestPhysicalAddress] = []
        for part in keyframes[0].parts.indices {
            for entry in try table(part, of: keyframes[0]) where entry.isOwn {
                pages.append(GuestPhysicalAddress(entry.page * UInt64(Self.pageSize)))
            }
        }
        return pages
    }

    /// Memory with its digest.
    struct Known: Sendable {
        var memory: KeyframeMemory
        var digest: Digest128
    }

    /// The digest of all pages. If other memory is given, this starts from its digest and replaces the pages that are
    /// stored elsewhere.
    mutating func digest(after other: Known?) throws(TraceError) -> Digest128 {
        guard var known = other else {
            var sum = Digest128.zero
            try forEachPage { address, bytes in sum = sum + Digest128(ofPage: bytes, at: address.rawValue) }
            return sum
        }
        for address in try pages(thatMayDifferFrom: known.memory).sorted() {
            guard try location(of: address) != known.memory.location(of: address) else { continue }
            let (old, new) = (try known.memory.page(at: address), try page(at: address))
            known.digest = known.digest - Digest128(ofPage: old.rawSpan, at: address.rawValue)
            known.digest = known.digest + Digest128(ofPage: new.rawSpan, at: address.rawValue)
        }
        return known.digest
    }

    /// The error for a keyframe of this memory.
    func corrupt(_ keyframe: Keyframe, why: String) -> TraceError {
        reader.corrupt(keyframe: Int(keyframe.number), why: why)
    }

    /// This keyframe's page table.
    mutating func tableEntries() throws(TraceError) -> [PageTable.Entry] {
        var entries: [PageTable.Entry] = []
        for part in keyframes[0].parts.indices { entries += try table(part, of: keyframes[0]) }
        return entries
    }

    /// All stored pages, in the order of their chunks, so that each chunk is unpacked once.
    private mutating func locations() throws(TraceError) -> [(page: UInt64, location: PageLocation)] {
        var seen: Set<UInt64> = []
        var found: [(page: UInt64, location: PageLocation)] = []
        for keyframe in keyframes {
            for part in keyframe.parts.indices {
                for entry in try table(part, of: keyframe) where seen.insert(entry.page).inserted {
                    if entry.location != .zero { found.append((entry.page, entry.location)) }
                }
            }
        }
        return found.sorted { ($0.location.chunk, $0.page) < ($1.location.chunk, $1.page) }
    }

    /// One part of a keyframe's page table. It must list only the pages that belong to this part. So no page of guest
    /// memory is listed twice, and a table is never larger than the memory.
    private mutating func table(_ part: Int, of keyframe: KeyframeTables) throws(TraceError) -> [PageTable.Entry] {
        let position = keyframe.parts[part].position
        if let known = tables[position] { return known }
        let (header, payload) = try reader.file.chunk(.pageTable, at: position)
        let entries = try reader.file.decode(header) { () throws(ByteCodingError) in
            try PageTable.decode(
                payload.rawSpan,
                count: header.count,
                at: position,
                in: reader.header.machine.memory
            )
        }
        let isLast = part + 1 == keyframe.parts.count
        let next = isLast ? Limits.memoryTop : keyframe.parts[part + 1].firstPage
        guard let first = entries.first, let last = entries.last,
            first.page == keyframe.parts[part].firstPage, last.page < next
        else {
            throw reader.file.corrupt(header, why: "it does not list the pages that its keyframe says")
        }
        if tables.count >= Self.keptTables { tables.removeAll() }
        tables[position] = entries
        return entries
    }
}
