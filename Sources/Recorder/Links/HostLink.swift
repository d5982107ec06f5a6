public import Machine
public import SystemPackage

/// A link whose packets come through a descriptor of the host's.
public protocol HostLink: NetworkLink {
    /// What becomes readable when a packet comes; nil where none comes that way.
    var descriptor: Int32? { get }
}

/// Why a network interface cannot be attached.
public enum LinkFailure: Error, Hashable, CustomStringConvertible {
    /// The host refused: what, and why.
    case refused(String, Errno)
    /// A file of packets is not what it has to be.
    case malformed(String)

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .refused(let what, let error): "\(what): \(error)"
        case .malformed(let problem): problem
        }
    }
}
