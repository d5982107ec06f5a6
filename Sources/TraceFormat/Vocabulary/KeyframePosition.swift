/// How a replay reaches a keyframe's moment. Numbered as in a trace.
public enum KeyframePosition: UInt8, CaseIterable, Hashable, Sendable {
    /// Right after the event before it, so executing reaches it without help.
    case synchronous = 0
    /// Between two exits: a replay must land there.
    case asynchronous = 1
    /// After a reset of the machine, which is an input: a replay sets the state.
    case reset = 2

    /// Its name in JSON and in descriptions of events.
    public var name: String {
        switch self {
        case .synchronous: "synchronous"
        case .asynchronous: "asynchronous"
        case .reset: "reset"
        }
    }
}
