import ByteCoding
import X86

extension TraceHeader.MemoryRegion {
    /// The numbers of its pages.
    fileprivate var pages: Range<UInt64> {
        let first = address.rawValue / UInt64(Limits.pageBytes)
        return first..<first + size / UInt64(Limits.pageBytes)
    }
}

/// A list of pages, by page number, with the locations of their contents.
struct PageTable {
    /// One page.
    struct Entry: Equatable {
        /// Guest-physical address divided by the size of a page.
        var page: UInt64
        var location: PageLocation
        /// The page changed since the keyframe before, and not only for another keyframe that the table covers.
        var isOwn: Bool
    }

    /// The payload of a table that will be at `position`.
    static func encode(_ entries: some Collection<Entry>, at position: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: entries.count * 6)
        var previous: UInt64 = 0
        for entry in entries {
            writer.writeVarint(entry.page - previous)
            previous = entry.page
        }
        for entry in entries {
            let distance = entry.location == .zero ? 0 : position - entry.location.chunk
            writer.writeVarint(distance << 1 | (entry.isOwn ? 1 : 0))
        }
        for entry in entries where entry.location != .zero { writer.writeVarint(UInt64(entry.location.index)) }
        return writer.bytes
    }

    /// Reads the payload of a table of `count` entries at `position`. Every page must be in `memory`.
    static func decode(
        _ payload: RawSpan,
        count: Int,
        at position: UInt64,
        in memory: [TraceHeader.MemoryRegion]
    ) throws(ByteCodingError) -> [Entry] {
        guard count <= Limits.pageTableEntries else {
            throw .invalidValue(field: "number of pages", value: UInt64(count))
        }
        var cursor = ByteCursor(payload)
        var entries: [Entry] = []
        entries.reserveCapacity(min(count, payload.byteCount))
        var page: UInt64 = 0
        var regions = memory[...]
        for index in 0..<count {
            let step = try cursor.readVarint()
            guard step > 0 || index == 0, step <= Limits.memoryTop else {
                throw .invalidValue(field: "page number", value: step)
            }
            page += step
            while let region = regions.first, region.pages.upperBound <= page { regions.removeFirst() }
            guard regions.first?.pages.contains(page) ?? false else {
                throw .invalidValue(field: "number of a page outside memory", value: page)
            }
            entries.append(Entry(page: page, location: .zero, isOwn: false))
        }
        for index in 0..<count {
            let place = try cursor.readVarint()
            guard place >> 1 < position else { throw .invalidValue(field: "page distance", value: place >> 1) }
            entries[index].isOwn = place & 1 == 1
            if place >> 1 > 0 { entries[index].location.chunk = position - place >> 1 }
        }
        for index in 0..<count where entries[index].location.chunk > 0 {
            entries[index].location.index = try cursor.readCount(limit: Limits.pagesPerChunk - 1)
        }
        try cursor.expectEnd()
        return entries
    }
}
