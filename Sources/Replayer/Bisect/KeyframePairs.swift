internal import TraceFormat

/// The keyframes of two traces that stand behind the same number of guest events, so that their states can be compared.
struct KeyframePairs {
    let first: TraceReader
    let second: TraceReader

    /// Two keyframes' numbers.
    struct Pair: Hashable {
        var first: Int
        var second: Int
    }

    /// The last pair up to which states are equal, and the first one known to differ, by halving: exact where runs that have
    /// parted stay apart. Costs the logarithm of the number of keyframes.
    func search() throws(TraceError) -> (equal: Pair?, different: Pair?) {
        guard let start = try pair(from: 0, below: 1) else { return (nil, nil) }
        guard try isEqual(start) else { return (nil, start) }
        var equal = start
        var different: Pair?
        var (low, high) = (0, first.keyframeCount)
        while high - low > 1 {
            let middle = (low + high) / 2
            if let pair = try pair(from: middle, below: high) {
                if try isEqual(pair) {
                    (low, equal) = (pair.first, pair)
                } else {
                    (high, different) = (middle, pair)
                }
            } else {
                high = middle
            }
        }
        return (equal, different)
    }

    /// The first pair whose states differ, one by one.
    func firstDifference() throws(TraceError) -> Pair? {
        var number = 0
        while let pair = try pair(from: number, below: first.keyframeCount) {
            guard try isEqual(pair) else { return pair }
            number = pair.first + 1
        }
        return nil
    }

    private func isEqual(_ pair: Pair) throws(TraceError) -> Bool {
        try first.keyframeEntry(pair.first).digest == second.keyframeEntry(pair.second).digest
    }

    /// The first pair whose number in the first trace is in a range.
    private func pair(from start: Int, below end: Int) throws(TraceError) -> Pair? {
        for number in start..<end {
            let entry = try first.keyframeEntry(number)
            guard entry.position == .synchronous else { continue }
            if let other = try synchronous(in: second, at: guestEvents(before: entry, in: first)) {
                return Pair(first: number, second: other)
            }
        }
        return nil
    }

    /// The keyframe of a trace behind so many guest events.
    private func synchronous(in reader: TraceReader, at count: UInt64) throws(TraceError) -> Int? {
        var (low, high) = (0, reader.keyframeCount)
        while low < high {
            let middle = (low + high) / 2
            if try guestEvents(before: reader.keyframeEntry(middle), in: reader) < count {
                low = middle + 1
            } else {
                high = middle
            }
        }
        while low < reader.keyframeCount {
            let entry = try reader.keyframeEntry(low)
            guard guestEvents(before: entry, in: reader) == count else { return nil }
            if entry.position == .synchronous { return low }
            low += 1
        }
        return nil
    }

    /// Every keyframe is an event too.
    private func guestEvents(before entry: KeyframeEntry, in reader: TraceReader) -> UInt64 {
        entry.event.rawValue - reader.header.firstEvent.rawValue - UInt64(entry.number)
    }
}
