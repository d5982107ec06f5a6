import SystemPackage

/// Where a writer's bytes go.
protocol TraceSink: AnyObject, Sendable {
    /// Writes all of `bytes` at `position`.
    func write(_ bytes: RawSpan, at position: UInt64) throws(TraceError)
    /// Cuts off everything from `size` on.
    func truncate(to size: UInt64) throws(TraceError)
    /// Brings what was written to the disk.
    func synchronize() throws(TraceError)
    /// Brings the file's name to the disk, whichever it has.
    func synchronizeName() throws(TraceError)
    /// Gives the unfinished file another name, in place of an unfinished file that has it; the finished one then gets
    /// the name that goes with it.
    func replace(_ path: FilePath) throws(TraceError)
    /// Gives the finished file its name.
    func publish() throws(TraceError)
    /// Removes the unfinished file.
    func discard()
}
