import ByteCoding
public import X86

/// Guest memory as it was at a keyframe. Pages are read from the trace as they are asked for; what was read last is
/// kept, within bounds.
public struct KeyframeMemory: Sendable {
    private let reader: TraceReader
    /// The keyframes whose page tables together list every page, this keyframe's first.
    private let keyframes: [KeyframeTables]
    private var tables: [UInt64: [PageTable.Entry]] = [:]
    private var contents: PageContents

    /// Bytes of a page.
    public static let pageSize = Limits.pageBytes
    /// Decoded page tables that are kept; a table is at most 512 KiB.
    private static let keptTables = 64

    /// A keyframe's page table, in parts.
    struct KeyframeTables: Sendable {
        var number: UInt32
        var parts: [KeyframeRecord.TablePart]
    }

    /// `keyframes`: this one, this one without the lowest bit set in its number, and so on down to 0.
    init(_ reader: TraceReader, keyframes: [KeyframeTables]) {
        self.reader = reader
        self.keyframes = keyframes
        contents = PageContents(reader.file)
    }

    /// The 4096 bytes of the page at `address`, which is a multiple of 4096. Zeros where the guest has no memory, or
    /// never wrote to it.
    public mutating func page(at address: GuestPhysicalAddress) throws(TraceError) -> [UInt8] {
        let page = address.rawValue / UInt64(Self.pageSize)
        var bytes = [UInt8](repeating: 0, count: Self.pageSize)
        for keyframe in keyframes {
            let part = keyframe.parts.partition { $0.firstPage <= page } - 1
            guard part >= 0 else { continue }
            let entries = try table(part, of: keyframe)
            let place = entries.partition { $0.page < page }
            guard place < entries.count, entries[place].page == page else { continue }
            try contents.read(entries[place].location, into: &bytes)
            return bytes
        }
        return bytes
    }

    /// Hands every page that may be other than zero to `body`, each once, in no particular order.
    public mutating func forEachPage(
        _ body: (GuestPhysicalAddress, RawSpan) throws(TraceError) -> Void
    ) throws(TraceError) {
        var bytes = [UInt8](repeating: 0, count: Self.pageSize)
        for (page, location) in try locations() {
            try contents.read(location, into: &bytes)
            try body(GuestPhysicalAddress(page * UInt64(Self.pageSize)), bytes.rawSpan)
        }
    }

    /// The pages that may differ from those at another keyframe of the same trace; nil stands for memory that is all zero.
    ///
    /// Costs what the page tables cost that the two keyframes do not share: as many as their numbers have bits, at most.
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

    /// The pages that are stored, by address: all that may be other than zero.
    mutating func storedPages() throws(TraceError) -> [GuestPhysicalAddress] {
        try locations().map(\.page).sorted().map { GuestPhysicalAddress($0 * UInt64(Self.pageSize)) }
    }

    /// The pages that changed since the keyframe before; ascending.
    mutating func changedPages() throws(TraceError) -> [GuestPhysicalAddress] {
        var pages: [GuestPhysicalAddress] = []
        for part in keyframes[0].parts.indices {
            for entry in try table(part, of: keyframes[0]) where entry.isOwn {
                pages.append(GuestPhysicalAddress(entry.page * UInt64(Self.pageSize)))
            }
        }
        return pages
    }

    /// This keyframe's page table.
    mutating func tableEntries() throws(TraceError) -> [PageTable.Entry] {
        var entries: [PageTable.Entry] = []
        for part in keyframes[0].parts.indices { entries += try table(part, of: keyframes[0]) }
        return entries
    }

    /// All pages that are stored, in the order of the chunks that hold them, so that each chunk is unpacked once.
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

    /// One part of a keyframe's page table. It must list the pages that its place among the parts says: so no page of
    /// guest memory is listed twice, and a table is never larger than the memory.
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
            throw reader.file.corrupt(header, why: "it lists other pages than its keyframe says")
        }
        if tables.count >= Self.keptTables { tables.removeAll() }
        tables[position] = entries
        return entries
    }
}
