internal import TraceFormat

/// Where a replay may be cut, so that one machine goes on for another and both show together what one shows.
///
/// A replay may pass over a state between two exits that it cannot reach if the guest is given nothing there: executing on proves
/// more. So it is not cut there.
struct ReplayCuts {
    private let reader: TraceReader
    /// Stays in the chunk that it has decoded.
    private var cursor: EventCursor
    private var stoppedTail: Int?

    init(_ reader: TraceReader) {
        self.reader = reader
        cursor = reader.events()
    }

    /// Whether a replay stops at a keyframe, or restores it, whatever comes then.
    mutating func mayCut(atKeyframe number: Int) throws(TraceError) -> Bool {
        let entry = try reader.keyframeEntry(number)
        guard entry.position == .asynchronous else { return true }
        cursor.seek(to: EventOrdinal(entry.event.rawValue + 1))
        return try cursor.next().map { !$0.event.comesByItself } ?? true
    }

    /// The first keyframe behind another at which it may be cut; `end` if there is none before that.
    mutating func next(behind number: Int, before end: Int) throws(TraceError) -> Int {
        var next = number + 1
        while next < end, try !mayCut(atKeyframe: next) { next += 1 }
        return next
    }

    /// Whether behind a keyframe there is nothing but keyframes, in a run that was stopped or whose end is lost.
    mutating func isInStoppedTail(keyframe number: Int) throws(TraceError) -> Bool {
        let first = if let stoppedTail { stoppedTail } else { try findStoppedTail() }
        stoppedTail = first
        return number >= first
    }

    private func findStoppedTail() throws(TraceError) -> Int {
        switch reader.outcome {
        case nil, .stopped: break
        default: return reader.keyframeCount
        }
        var next = reader.events.upperBound.rawValue - (reader.outcome == nil ? 0 : 1)
        var first = reader.keyframeCount
        while first > 0, case let event = try reader.keyframeEntry(first - 1).event.rawValue, event + 1 == next {
            (first, next) = (first - 1, event)
        }
        return first
    }
}
