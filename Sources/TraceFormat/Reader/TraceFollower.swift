public import SystemPackage

/// Reads a trace while it is written, to its end: also that of a recorder which keeps the last stretch only, and puts one
/// file after another in the trace's place.
public struct TraceFollower: Sendable {
    /// Whether more can come.
    public enum State: Hashable, Sendable {
        /// The recorder writes.
        case growing
        /// The trace has its end.
        case ended
        /// The recorder is gone, and the end is missing.
        case abandoned
        /// The file has no name any more: another may have taken its place.
        case nameless
    }

    private let path: FilePath
    /// The trace as it was when it was looked at last.
    public private(set) var reader: TraceReader
    /// How it stood then: what ``reader`` has is all that there is unless this is `growing`.
    public private(set) var state = State.growing

    /// Opens the trace of this name, finished or not.
    public init(named path: FilePath) throws(TraceError) {
        self.path = path
        reader = try TraceReader(named: path)
        try refresh()
    }

    /// Looks at the trace again.
    public mutating func refresh() throws(TraceError) {
        // First, so that what was written until then is seen by the look after it.
        let (isNameless, isBeingWritten) = (reader.isNameless, reader.isBeingWritten)
        reader = try reader.refreshed()
        if reader.isComplete || reader.outcome != nil {
            state = .ended
        } else if isNameless {
            state = .nameless
        } else {
            state = isBeingWritten ? .growing : .abandoned
        }
    }

    /// Goes on with the file that has taken the place of one that is nameless. Events keep their ordinals in it.
    ///
    /// - Returns: false where there is none, or only one of another recording.
    public mutating func reopen() throws(TraceError) -> Bool {
        let next: TraceReader
        do throws(TraceError) {
            next = try TraceReader(named: path)
        } catch {
            guard case .io("open", path, .noSuchFileOrDirectory) = error else { throw error }
            return false
        }
        var header = next.header
        header.firstEvent = reader.header.firstEvent
        guard header == reader.header else { return false }
        reader = next
        try refresh()
        return true
    }
}
