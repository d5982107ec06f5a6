public import SystemPackage

/// Why a trace could not be written or read.
public enum TraceError: Error, Hashable, Sendable {
    /// The file does not begin as a trace does.
    case notATrace(path: FilePath)
    /// The input is a pipe or a socket, but a trace is not read in order.
    case pipe(path: FilePath)
    /// The path does not name a regular file.
    case notAFile(path: FilePath)
    /// The trace has a format version that this reader does not know.
    case otherVersion(path: FilePath, found: UInt32, supported: ClosedRange<UInt32>)
    /// The bytes of a chunk are not what a writer wrote. `offset` is the chunk's position in the file.
    case corrupt(path: FilePath, chunk: String, offset: UInt64, why: String)
    /// The file ends before something that should be there. `offset` is its position in the file.
    case truncated(path: FilePath, what: String, offset: UInt64)
    /// The trace has no keyframe, and so no state to start from.
    case noState(path: FilePath)
    /// A system call failed.
    case io(operation: String, path: FilePath, errno: Errno)
    /// The writer's thread could not be started.
    case noThread(errno: CInt)
    /// A value is larger than the format allows.
    case overLimit(what: String, value: UInt64, limit: UInt64)
    /// The header that was to be written is invalid.
    case invalidHeader(why: String)
    /// The file that was to be written exists already.
    case exists(path: FilePath)
    /// The trace has no event of this ordinal.
    case noSuchEvent(EventOrdinal, first: EventOrdinal, count: UInt64)
    /// The trace has no keyframe of this number.
    case noSuchKeyframe(UInt64, count: UInt64)
}

extension TraceError: CustomStringConvertible {
    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .notATrace(let path):
            "\(path) is not an rr-vm trace"
        case .pipe(let path):
            "cannot read a trace from \(path), which is a pipe: save it as a file first"
        case .notAFile(let path):
            "\(path) is not a regular file"
        case .otherVersion(let path, let found, let supported):
            "\(path) is a trace of format version \(found); this rr-vm reads versions \(supported.lowerBound) to \(supported.upperBound)"
        case .corrupt(let path, _, _, _), .truncated(let path, _, _):
            "\(path): \(problem)"
        case .noState(let path):
            "\(path): the trace ends before its first keyframe: there is no state to start from"
        case .io(let operation, let path, let errno):
            "cannot \(operation) \(path): \(errno)"
        case .noThread(let errno):
            "cannot start the thread that writes the trace: \(Errno(rawValue: errno))"
        case .overLimit(let what, let value, let limit):
            "\(what): \(value) is over the format's limit of \(limit)"
        case .invalidHeader(let why):
            "the trace's header cannot be written: \(why)"
        case .exists(let path):
            "\(path) exists already and is not overwritten: choose another name or remove it"
        case .noSuchEvent(let ordinal, let first, let count):
            count == 0
                ? "there is no event \(ordinal): the trace has no events"
                : "there is no event \(ordinal): the trace has events \(first) to \(first.rawValue + (count - 1))"
        case .noSuchKeyframe(let number, let count):
            count == 0
                ? "there is no keyframe \(number): the trace has no keyframes"
                : "there is no keyframe \(number): the trace has keyframes 0 to \(count - 1)"
        }
    }

    /// The same, for a sentence that already names the file.
    var problem: String {
        switch self {
        case .corrupt(_, let chunk, let offset, let why): "bad data in the \(chunk) at byte \(offset): \(why)"
        case .truncated(_, let what, let offset): "the trace ends within the \(what) at byte \(offset)"
        default: description
        }
    }
}
