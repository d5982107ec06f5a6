public import SystemPackage

/// A trace's open file. So far only its format and version were checked, so a process can give up rights before it
/// reads untrusted content.
public struct TraceSource: Sendable {
    let file: TraceFile

    /// Opens the file of exactly this name.
    ///
    /// - Throws: `.notATrace`, `.otherVersion`, `.io`.
    public init(path: FilePath) throws(TraceError) {
        file = try TraceFile(path: path)
    }

    /// Takes over a descriptor that is open for reading, which is closed with the source. The path is for messages.
    ///
    /// - Throws: as ``init(path:)``.
    public init(adopting descriptor: FileDescriptor, path: FilePath) throws(TraceError) {
        file = try TraceFile(adopting: descriptor.rawValue, path: path)
    }

    /// Opens a trace by its name, whether it is finished or not: the file of this name, or, if there is none, the one
    /// with `.part` appended.
    ///
    /// - Throws: as ``init(path:)``. If neither file exists, the error names the first.
    public init(named path: FilePath) throws(TraceError) {
        // Try the first name again at the end: a recorder may have finished its trace between the two attempts.
        for candidate in [path, path.unfinished] {
            do throws(TraceError) {
                try self.init(path: candidate)
                return
            } catch {
                guard case .io("open", candidate, .noSuchFileOrDirectory) = error else { throw error }
            }
        }
        try self.init(path: path)
    }
}
