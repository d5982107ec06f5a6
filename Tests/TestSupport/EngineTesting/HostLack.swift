import Engine

/// Something that this host lacks and a check needs: a reason to skip the check.
public struct HostLack: Error {
    /// What a test's report says about it.
    public let reason: String

    /// Makes a reason why a check is skipped.
    public init(_ reason: String) { self.reason = reason }
}

extension DebuggableProcessor where Self: ~Copyable {
    /// Throws unless the processor says that it can be stopped in a mode.
    func requireStops(in mode: GuestMode) throws(HostLack) {
        guard canStop(in: mode) else { throw HostLack("this host cannot stop a guest in \(mode.title)") }
    }
}
