internal import TraceFormat

/// Pairs of keyframes from two traces that come after the same number of guest events, so that their states can be
/// compared.
struct KeyframePairs {
    let first: TraceReader
    let second: TraceReader

    /// The numbers of two keyframes.
    struct Pair: Hashable {
        var first: Int
        var second: Int
    }

    /// Finds, by binary search, the last pair up to which the states are equal and the first pair known to differ. The
    /// result is exact if runs stay different once they differ. The cost is logarithmic in the number of keyframes.
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

    /// Finds the first pair whose states differ, by comparing all pairs in order.
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

    /// The first pair whose keyframe in the first trace has a number in the given range.
    private func pair(from start: Int, below end: Int) throws(TraceError) -> Pair? {
        for number in start..<end {
            let entry = try first.keyframeEntry(number)
            guard entry.position == .synchronous else { continue }
            if let other = try counterpart(of: entry) {
                return Pair(first: number, second: other)
            }
        }
        return nil
    }

    /// The second trace's keyframe after the same number of guest events. Several keyframes may follow the same event
    /// if something that is not an event stopped the guest again. They are matched in order: the first with the first,
    /// and so on.
    private func counterpart(of entry: KeyframeEntry) throws(TraceError) -> Int? {
        let count = guestEvents(before: entry, in: first)
        let own = try synchronous(in: first, at: count)
        let others = try synchronous(in: second, at: count)
        guard let rank = own.firstIndex(of: Int(entry.number)), rank < others.count else { return nil }
        return others[rank]
    }

    /// The keyframes of a trace after the given number of guest events, in order.
    private func synchronous(in reader: TraceReader, at count: UInt64) throws(TraceError) -> [Int] {
        var (low, high) = (0, reader.keyframeCount)
        while low < high {
            let middle = (low + high) / 2
            if try guestEvents(before: reader.keyframeEntry(middle), in: reader) < count {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var numbers: [Int] = []
        while low < reader.keyframeCount {
            let entry = try reader.keyframeEntry(low)
            guard guestEvents(before: entry, in: reader) == count else { break }
            if entry.position == .synchronous { numbers.append(low) }
            low += 1
        }
        return numbers
    }

    /// Every keyframe is an event too, so keyframes are subtracted.
    private func guestEvents(before entry: KeyframeEntry, in reader: TraceReader) -> UInt64 {
        entry.event.rawValue - reader.header.firstEvent.rawValue - UInt64(entry.number)
    }
}
