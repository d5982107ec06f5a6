import Glibc
public import SystemPackage

extension TraceReader {
    /// Opens a trace by its name, whether it is finished or not: see ``TraceSource/init(named:)``.
    ///
    /// - Throws: as ``init(path:)``. If neither file exists, the error names the first.
    public init(named path: FilePath) throws(TraceError) {
        try self.init(TraceSource(named: path))
    }
}

extension FilePath {
    /// The file of the trace of this name until it is finished.
    public var unfinished: FilePath { appendingSuffix(".part") }

    /// This path with a suffix in the same last component. Bytes that are not UTF-8 are kept.
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
