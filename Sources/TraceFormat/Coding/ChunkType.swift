/// What a chunk holds; numbered as in a trace.
enum ChunkType: UInt8, CaseIterable {
    case header = 1
    case symbols = 2
    case events = 3
    case pages = 4
    case pageTable = 5
    case keyframe = 6
    case eventIndex = 7
    case keyframeIndex = 8
    case root = 9

    /// How many entries one chunk may have.
    var counts: ClosedRange<Int> {
        switch self {
        case .header, .keyframe, .root: 1...1
        case .symbols: 1...Limits.symbols
        case .events: 1...Limits.eventsPerChunk
        case .pages: 1...Limits.pagesPerChunk
        case .pageTable: 1...Limits.pageTableEntries
        case .eventIndex, .keyframeIndex: 1...Limits.indexEntries
        }
    }

    /// Its name in messages.
    var name: String {
        switch self {
        case .header: "header"
        case .symbols: "symbol chunk"
        case .events: "event chunk"
        case .pages: "page chunk"
        case .pageTable: "page table"
        case .keyframe: "keyframe"
        case .eventIndex: "event index"
        case .keyframeIndex: "keyframe index"
        case .root: "root index"
        }
    }
}
