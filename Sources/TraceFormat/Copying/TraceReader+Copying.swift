public import SystemPackage

extension TraceReader {
    /// Writes a whole copy, with new indexes and checksums. A trace without an end still has none, but the copy can be
    /// opened without a scan.
    ///
    /// - Parameters: - path: the copy; it must not exist. - change: returns what replaces an event: its time, RIP and
    ///   event are used, and its ordinal is not. It is not called for keyframes, and must not return one.
    /// - Throws: what reading or writing can throw; `.noSuchEvent` if the trace lacks a requested event.
    @discardableResult
    public func copy(
        to path: FilePath,
        options: TraceCopyOptions = TraceCopyOptions(),
        changing change: (RecordedEvent) -> RecordedEvent = { $0 }
    ) throws(TraceError) -> TraceCopy {
        let sink = try FileSink(path: path)
        do throws(TraceError) {
            let copy = try write(to: sink, options, change)
            try sink.publish()
            return copy
        } catch {
            sink.discard()
            throw error
        }
    }

    /// The first event from which a copy that begins at a keyframe and ends at `last` has at most `limit` bytes, if it
    /// is made with `options`.
    ///
    /// To find it, it measures copies of several stretches, as many as the number of keyframes has bits. Each stops at
    /// `limit`.
    ///
    /// - Throws: `.overLimit` if even the shortest stretch is larger; what reading can throw.
    public func longestTail(
        within limit: UInt64,
        to last: EventOrdinal,
        options: TraceCopyOptions
    ) throws(TraceError) -> EventOrdinal {
        guard let lastKeyframe = try keyframe(atOrBefore: last) else {
            throw .noSuchKeyframe(0, count: 0)
        }
        var (low, high) = (0, lastKeyframe)
        var failure: TraceError?
        var best: EventOrdinal?
        while low <= high {
            let middle = (low + high) / 2
            let first = try keyframeEntry(middle).event
            do throws(TraceError) {
                var options = options
                options.events = first...last
                _ = try write(to: MeasuringSink(limit: limit), options, { $0 })
                best = first
                high = middle - 1
            } catch {
                guard case .overLimit = error else { throw error }
                failure = error
                low = middle + 1
            }
        }
        guard let best else {
            throw failure ?? .noSuchKeyframe(0, count: 0)
        }
        return best
    }

    private func write(
        to sink: any TraceSink,
        _ options: TraceCopyOptions,
        _ change: (RecordedEvent) -> RecordedEvent
    ) throws(TraceError) -> TraceCopy {
        var copier = try TraceCopier(self, sink, options)
        return try copier.run(change)
    }
}
