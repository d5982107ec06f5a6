public import TraceFormat

extension TraceReader {
    /// Divides epochs into parts that can be replayed at the same time and show together what one replay shows.
    ///
    /// No part ends in a state that a replay may pass over.
    ///
    /// - Parameters:
    ///   - epochs: a range of existing epochs.
    ///   - count: how many parts to make, at least 1. There may be fewer.
    public func parts(of epochs: Range<Int>, count: Int) throws(TraceError) -> [Range<Int>] {
        var cuts = ReplayCuts(self)
        var parts: [Range<Int>] = []
        var start = epochs.lowerBound
        for number in 1...count where start < epochs.upperBound {
            let wanted = max(start + 1, epochs.part(number, of: count).upperBound)
            let end = try cuts.next(behind: wanted - 1, before: epochs.upperBound)
            parts.append(start..<end)
            start = end
        }
        return parts
    }
}

extension Range<Int> {
    /// One of `count` parts that are as equal as possible; `number` counts from 1.
    public func part(_ number: Int, of count: Int) -> Range<Int> {
        let bounds = [number - 1, number].map { lowerBound + self.count * $0 / count }
        return bounds[0]..<bounds[1]
    }
}
