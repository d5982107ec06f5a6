public import Engine
public import TraceFormat

/// Why a run could not begin or go on.
public enum RecorderError: Error, CustomStringConvertible {
    /// The engine could not do what it was asked.
    case engine(EngineError)
    /// The trace could not be made.
    case trace(TraceError)

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .engine(let error): "\(error)"
        case .trace(let error): "\(error)"
        }
    }
}
