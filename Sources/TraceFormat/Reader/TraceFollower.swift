public import SystemPackage

/// Reads a trace to its end while it is written. This works also with a recorder that keeps only the last stretch and
/// puts one file after another in the trace's place.
public struct TraceFollower: Sendable {
    /// Whether more can come.
    public enum State: Hashable, Sendable {
        /// The recorder is writing.
        case growing
        /// The trace has its end.
        case ended
        /// The recorder is gone, and the end is missing.
        case abandoned
        /// The file no longer has a name: another one may have taken its place.
        case nameless
    }

    private let path: FilePath
    /// The trace as it was when it was last read.
    public private(set) var reader: TraceReader
    /// The state at that time. Unless it is `growing`, ``reader`` has all that there is.
    public private(set) var state = State.growing

    /// Opens the trace of this name, finished or not.
    public init(named path: FilePath) throws(TraceError) {
        self.path = path
        reader = try TraceReader(named: path)
        try refresh()
    }

    /// Reads what has come since.
    public mutating func refresh() throws(TraceError) {
        // Ask this first, so that the read below sees what was written until then.
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

    /// Continues with the file that has replaced one without a name. Events keep their ordinals in it.
    ///
    /// - Returns: false if there is no such file, or if it belongs to another recording.
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
