import SystemPackage
import X86

@testable import TraceFormat

/// Everything that a reader gets out of a trace, up to the first error.
struct TraceContents: Equatable {
    struct KeyframeContents: Equatable {
        var entry: KeyframeEntry
        var keyframe: Keyframe
        var pages: [UInt64: [UInt8]]

        static func == (left: Self, right: Self) -> Bool {
            left.entry == right.entry && left.pages == right.pages
                && left.keyframe.state == right.keyframe.state
                && left.keyframe.changedPages == right.keyframe.changedPages
        }
    }

    var header: TraceHeader?
    var symbols: [GuestSymbol] = []
    var events: [RecordedEvent] = []
    var keyframes: [KeyframeContents] = []
    var outcome: Outcome?
    var completedInstructions: [String: UInt64] = [:]
    var isComplete = false
    var failure: TraceError?

    init(_ path: FilePath) {
        do throws(TraceError) {
            try read(TraceReader(path: path))
        } catch {
            failure = error
        }
    }

    private mutating func read(_ reader: TraceReader) throws(TraceError) {
        header = reader.header
        outcome = reader.outcome
        completedInstructions = reader.completedInstructions
        isComplete = reader.isComplete
        symbols = try reader.symbols()
        var cursor = reader.events()
        while let event = try cursor.next() { events.append(event) }
        for number in 0..<reader.keyframeCount {
            var keyframe = try reader.keyframe(number)
            var pages: [UInt64: [UInt8]] = [:]
            try keyframe.memory.forEachPage { address, bytes in pages[address.rawValue, default: []].append(bytes) }
            keyframes.append(
                KeyframeContents(entry: try reader.keyframeEntry(number), keyframe: keyframe, pages: pages)
            )
        }
    }

    /// Whether this is what could be read of `whole`: nothing in it differs, and where something is missing, it says so.
    func isHonestPart(of whole: TraceContents) -> Bool {
        guard header == nil || header == whole.header, symbols.isEmpty || symbols == whole.symbols else { return false }
        guard events == Array(whole.events.prefix(events.count)) else { return false }
        guard keyframes == Array(whole.keyframes.prefix(keyframes.count)) else { return false }
        guard outcome == nil || (outcome, completedInstructions) == (whole.outcome, whole.completedInstructions) else {
            return false
        }
        return failure != nil || !isComplete || self == whole
    }
}
