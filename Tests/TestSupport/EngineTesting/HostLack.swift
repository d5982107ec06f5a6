import Engine

/// What this host lacks for a check: a reason to skip it.
public struct HostLack: Error {
    /// What a test's report says.
    public let reason: String

    /// Says why a check cannot be made.
    public init(_ reason: String) { self.reason = reason }
}

extension DebuggableProcessor where Self: ~Copyable {
    /// Goes on only if the processor says that it can be stopped in a mode.
    func requireStops(in mode: GuestMode) throws(HostLack) {
        guard canStop(in: mode) else { throw HostLack("this host cannot stop a guest in \(mode.title)") }
    }
}
