import Glibc
import SystemPackage
import TraceFormat

/// Where traces are kept when the user does not say: in the directory that `RR_VM_TRACE_DIR` names, or else in the current
/// one, numbered, with a link to the latest.
enum TraceLocation {
    private static let latest = FilePath("latest")
    private static let fileExtension = "rrvm"

    /// The directory where traces are kept.
    static var directory: FilePath {
        // SAFETY: the string that getenv gives lives as long as nobody changes the environment, which nobody does here.
        guard let name = unsafe getenv("RR_VM_TRACE_DIR"), unsafe name[0] != 0 else { return "." }
        return unsafe FilePath(platformString: name)
    }

    /// A file's name in that directory, or alone if that is the current one.
    private static func place(_ name: FilePath) -> FilePath {
        directory == "." ? name : directory.appending(name.components)
    }

    /// Whether a file's name is that of a trace, finished or not.
    static func isTrace(_ name: String) -> Bool {
        name.hasSuffix(".\(fileExtension)") || name.hasSuffix(".\(fileExtension).part")
    }

    /// The trace that a command without a FILE means.
    static func resolve(_ file: FilePath?) throws(CommandFailure) -> FilePath {
        if let file {
            // A bare name may be that of a trace which was recorded without a name.
            let kept = place(file)
            let isHere = FileSystem.exists(file) || FileSystem.exists(file.unfinished)
            let isKept = FileSystem.exists(kept) || FileSystem.exists(kept.unfinished)
            return file.components.count == 1 && !file.isAbsolute && !isHere && isKept ? kept : file
        }
        let latest = place(latest)
        guard FileSystem.exists(latest) else {
            throw CommandFailure(
                .noInput,
                "no FILE given, and there is no '\(latest)'\(directory == "." ? " here" : ""): record a guest first, or name a trace"
            )
        }
        // What is made of the trace is named after it.
        guard let target = FileSystem.target(ofLink: latest), target.components.count == 1 else { return latest }
        let trace = place(target)
        return FileSystem.exists(trace) ? trace : latest
    }

    /// Opens the trace that a command means, and says so if its end is missing. An unfinished trace, whose name still
    /// ends in `.part`, is also found by its final name.
    ///
    /// - Parameters:
    ///   - replaying: the trace must hold a state to begin with.
    ///   - checking: the trace must have no fault anywhere.
    ///   - options: what a replay may do.
    ///   - symbols: what is known of the guest's programs besides.
    ///   - confine: gives up rights. It is called before untrusted content is read.
    static func open(
        _ file: FilePath?,
        replaying: Bool = false,
        checking: Bool = false,
        with options: ReplayOptions? = nil,
        symbols: SymbolOptions? = nil,
        confine: () -> Void
    ) throws(CommandFailure) -> TraceReader {
        let source = try source(file)
        let programs = try symbols?.load()
        confine()
        let reader = try read(source, replaying: replaying, checking: checking, with: options)
        return try programs?.added(to: reader) ?? reader
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

    /// The names `NAME.N.rrvm` for a guest's file, in ascending order: a recording takes the
    /// first free one. A name is left out if a killed recorder has left the second file of a ring beside it.
    static func numbered(forGuest guest: FilePath) -> some Sequence<FilePath> {
        let name = place(FilePath(guest.lastComponent?.stem ?? "guest"))
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
