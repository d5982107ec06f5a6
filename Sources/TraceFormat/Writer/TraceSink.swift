import SystemPackage

/// Where a writer's bytes go.
protocol TraceSink: AnyObject, Sendable {
    /// Writes all of `bytes` at `position`.
    func write(_ bytes: RawSpan, at position: UInt64) throws(TraceError)
    /// Cuts off everything from `size` on.
    func truncate(to size: UInt64) throws(TraceError)
    /// Forces what was written to disk.
    func synchronize() throws(TraceError)
    /// Forces the file's present name to disk.
    func synchronizeName() throws(TraceError)
    /// Gives the unfinished file another name, and replaces an unfinished file of that name. The finished file then
    /// gets the corresponding name.
    func replace(_ path: FilePath) throws(TraceError)
    /// Gives the finished file its name.
    func publish() throws(TraceError)
    /// Removes the unfinished file.
    func discard()
}
