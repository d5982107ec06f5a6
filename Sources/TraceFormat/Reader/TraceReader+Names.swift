import Glibc
public import SystemPackage

extension TraceReader {
    /// Opens a trace by its name, whether it is finished or not: see ``TraceSource/init(named:)``.
    ///
    /// - Throws: as ``init(path:)``; where there is neither file, the error names the first.
    public init(named path: FilePath) throws(TraceError) {
        try self.init(TraceSource(named: path))
    }
}

extension FilePath {
    /// What the trace of this name is called until it is finished.
    public var unfinished: FilePath { appendingSuffix(".part") }

    /// This path with more at its end, in the same last component; a name that is no UTF-8 stays as it is.
    public func appendingSuffix(_ suffix: String) -> FilePath {
        // SAFETY: the string is read up to its final zero, inside the closure.
        let bytes = unsafe withPlatformString { unsafe Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
        return FilePath(platformString: bytes + (suffix + "\0").utf8.map { CInterop.PlatformChar(bitPattern: $0) })
    }

    /// Removes the file of this name, if there is one.
    public func removeFile() {
        // SAFETY: the string is lent as a C string for the length of the call.
        _ = unsafe withPlatformString { unsafe unlink($0) }
    }
}
