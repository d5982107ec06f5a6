public import X86

extension Event {
    /// The byte that the guest showed on its console with this event, if it did.
    public var consoleByte: UInt8? {
        guard case .portWrite(let access) = self, access.isConsole else { return nil }
        return UInt8(truncatingIfNeeded: access.value)
    }
}

extension Event {
    /// The port that the guest read or wrote with this event, if it did.
    public var port: Port? {
        switch self {
        case .portRead(let access), .portWrite(let access): access.port
        default: nil
        }
    }
}
