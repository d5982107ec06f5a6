import SystemPackage
import TraceFormat

/// Where traces are kept when the user does not say: in the current directory, numbered, with a link to the latest.
enum TraceLocation {
    static let latest = FilePath("latest")
    static let fileExtension = "rrvm"

    /// The trace that a command without a FILE means.
    static func resolve(_ file: FilePath?) throws(CommandFailure) -> FilePath {
        if let file { return file }
        guard FileSystem.exists(latest) else {
            throw CommandFailure(
                .noInput,
                "no FILE given, and there is no '\(latest)' here: record a guest first, or name a trace"
            )
        }
        return latest
    }

    /// Opens the trace that a command means, and says so if its end is missing. An unfinished trace, whose name still
    /// ends in `.part`, is also found by its final name.
    ///
    /// - Parameters:
    ///   - replaying: the trace must hold a state to begin with.
    ///   - checking: the trace must have no fault anywhere.
    ///   - options: what a replay may do.
    ///   - confine: gives up rights. It is called before untrusted content is read.
    static func open(
        _ file: FilePath?,
        replaying: Bool = false,
        checking: Bool = false,
        with options: ReplayOptions? = nil,
        confine: () -> Void
    ) throws(CommandFailure) -> TraceReader {
        let source = try source(file)
        confine()
        return try read(source, replaying: replaying, checking: checking, with: options)
    }

    /// Opens two traces, as ``open(_:replaying:checking:with:confine:)`` does one.
    static func open(
        _ first: FilePath,
        _ second: FilePath,
        with options: ReplayOptions? = nil,
        confine: () -> Void
    ) throws(CommandFailure) -> (TraceReader, TraceReader) {
        let sources = (try source(first), try source(second))
        confine()
        return (try read(sources.0, with: options), try read(sources.1, with: options))
    }

    private static func source(_ file: FilePath?) throws(CommandFailure) -> TraceSource {
        let path = try resolve(file)
        do { return try TraceSource(named: path) } catch { throw CommandFailure(error) }
    }

    private static func read(
        _ source: TraceSource,
        replaying: Bool = false,
        checking: Bool = false,
        with options: ReplayOptions? = nil
    ) throws(CommandFailure) -> TraceReader {
        do {
            var reader = try TraceReader(source)
            if let limit = options?.memoryLimit { reader.memoryLimit = limit.rawValue }
            reader.allowsOtherCPUID = options?.cpuMismatch == .allow
            if checking { try reader.check() }
            if replaying { _ = try reader.firstKeyframe() }
            // Whoever reads up to a loss gets an error that tells of it.
            if let missing = reader.missing, reader.loss == nil {
                StandardError.write("rr-vm: \(reader.path): \(missing)")
            }
            return reader
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The names `NAME.N.rrvm` in the current directory for a guest's file, in ascending order: a recording takes the
    /// first free one. A name is left out if a killed recorder has left the second file of a ring beside it.
    static func numbered(forGuest guest: FilePath) -> some Sequence<FilePath> {
        let name = FilePath(guest.lastComponent?.stem ?? "guest")
        return (0...).lazy.map { name.appendingSuffix(".\($0).\(fileExtension)") }
            .filter { !FileSystem.exists($0.appendingSuffix(".next").unfinished) }
    }

    /// Makes `latest`, beside the trace, a link to it.
    static func link(to trace: FilePath) {
        let directory = trace.removingLastComponent()
        FileSystem.replaceLink(
            at: directory.pushing(latest),
            target: trace.lastComponent.map { FilePath(root: nil, [$0]) } ?? trace
        )
    }
}
