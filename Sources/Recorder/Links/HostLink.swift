public import Machine
public import SystemPackage

/// A link that receives packets through a host descriptor.
public protocol HostLink: NetworkLink {
    /// The descriptor that becomes readable when a packet arrives, or nil if packets do not arrive through one.
    var descriptor: Int32? { get }
}

/// A network card of a PC, and what it is connected to on the host.
public struct HostInterface: Sendable {
    /// Its Ethernet address, six bytes.
    public var address: [UInt8]
    /// What it is connected to.
    public var link: any HostLink

    /// Makes an interface of its parts.
    public init(address: [UInt8], link: any HostLink) {
        self.address = address
        self.link = link
    }
}

/// Why a network interface cannot be attached.
public enum LinkFailure: Error, Hashable, CustomStringConvertible {
    /// The host refused an operation. The values are the operation and the reason.
    case refused(String, Errno)
    /// A packet capture has the wrong format.
    case malformed(String)

    /// A one-line description without a final full stop.
    public var description: String {
        switch self {
        case .refused(let what, let error): "\(what): \(error)"
        case .malformed(let problem): problem
        }
    }
}
