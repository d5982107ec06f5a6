/// How a replay comes to a keyframe's moment. Numbered as in a trace.
public enum KeyframePosition: UInt8, CaseIterable, Hashable, Sendable {
    /// Right after the event before it: re-execution arrives there by itself.
    case synchronous = 0
    /// Between two exits: a replay has to land there.
    case asynchronous = 1
    /// Behind a reset of the machine, which is an input: a replay puts the state in place.
    case reset = 2

    /// The word for it in JSON and in descriptions of events.
    public var name: String {
        switch self {
        case .synchronous: "synchronous"
        case .asynchronous: "asynchronous"
        case .reset: "reset"
        }
    }
}
