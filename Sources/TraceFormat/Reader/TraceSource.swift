public import SystemPackage

/// A trace's file, open, of which nothing was looked at but that it is a trace of a version that can be read. Whoever is about
/// to read what a stranger made can give rights up between opening and reading.
public struct TraceSource: Sendable {
    let file: TraceFile

    /// Opens the file of exactly this name.
    ///
    /// - Throws: `.notATrace`, `.otherVersion`, `.io`.
    public init(path: FilePath) throws(TraceError) {
        file = try TraceFile(path: path)
    }

    /// Takes over a descriptor that is open for reading; it is closed with the source. The path is for messages.
    ///
    /// - Throws: as ``init(path:)``.
    public init(adopting descriptor: FileDescriptor, path: FilePath) throws(TraceError) {
        file = try TraceFile(adopting: descriptor.rawValue, path: path)
    }

    /// Opens a trace by its name, whether it is finished or not: the file that is called so, or, where there is none, the
    /// one with `.part` behind it.
    ///
    /// - Throws: as ``init(path:)``; where there is neither file, the error names the first.
    public init(named path: FilePath) throws(TraceError) {
        // Twice: a recorder may finish its trace between the two looks.
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
