public import X86

extension Event {
    /// The bytes that the guest showed on its console with this event; none for most.
    public var consoleBytes: [UInt8] {
        switch self {
        case .portWrite(let access) where access.isConsole: [UInt8(truncatingIfNeeded: access.value)]
        case .deviceRead(let read) where read.isConsole: read.data
        default: []
        }
    }
}

extension Event {
    /// The port that the guest read or wrote with this event, or through which it told a device to read; nil for other
    /// events.
    public var port: Port? {
        switch self {
        case .portRead(let access), .portWrite(let access): access.port
        case .deviceRead(let read): read.port
        default: nil
        }
    }
}

extension DeviceRead {
    /// The data that was read, if it was kept.
    fileprivate var data: [UInt8] {
        guard case .data(let bytes) = content else { return [] }
        return bytes
    }
}
