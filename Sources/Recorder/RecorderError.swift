public import Engine
public import TraceFormat

/// Why a run could not start or continue.
public enum RecorderError: Error, CustomStringConvertible {
    /// The engine failed.
    case engine(EngineError)
    /// The trace could not be created.
    case trace(TraceError)

    /// A one-line description without a final full stop.
    public var description: String {
        switch self {
        case .engine(let error): "\(error)"
        case .trace(let error): "\(error)"
        }
    }
}
