import ByteCoding
public import SystemPackage
public import TraceFormat
public import X86

/// What to change while a trace is copied. The copy is whole and consistent: only a replay can find the change.
public struct TraceChanges {
    /// Changes what the trace says about itself.
    public var header: (inout TraceHeader) -> Void = { _ in }
    /// Changes the names in the guest's code and data.
    public var symbols: (inout [GuestSymbol]) -> Void = { _ in }
    /// Changes the list of events; keyframes and the end must stay among them.
    public var events: (inout [RecordedEvent]) -> Void = { _ in }
    /// Changes a keyframe's processor state or digest.
    public var keyframe: (inout Keyframe) -> Void = { _ in }
    /// Changes a page that a keyframe stores.
    public var page: (_ keyframe: UInt32, GuestPhysicalAddress, inout [UInt8]) -> Void = { _, _, _ in }

    /// No change.
    public init() {}
}

extension TraceReader {
    /// Writes a copy with changes, and opens it.
    public func copy(to path: FilePath, changes: TraceChanges) throws -> TraceReader {
        var header = header
        changes.header(&header)
        var events = try allEvents()
        changes.events(&events)
        var symbols = try symbols()
        changes.symbols(&symbols)
        var writer = try TraceWriter(path: path, header: header, symbols: symbols)
        for recorded in events {
            switch recorded.event {
            case .keyframe(let number, _):
                var keyframe = try keyframe(Int(number))
                changes.keyframe(&keyframe)
                for address in keyframe.changedPages {
                    var page = try keyframe.memory.page(at: address)
                    changes.page(number, address, &page)
                    writer.addPage(address, page.rawSpan)
                }
                let (state, digest) = (keyframe.state, keyframe.digest)
                writer.appendKeyframe(
                    keyframe.position,
                    state: state,
                    digest: digest,
                    time: recorded.time,
                    instructions: recorded.instructions ?? 0
                )
            case .end(let outcome):
                try writer.finish(outcome, readLeaves: readLeaves, time: recorded.time)
                return try TraceReader(path: path)
            default:
                let count = recorded.instructions ?? 0
                writer.append(recorded.event, rip: recorded.rip, time: recorded.time, instructions: count)
            }
        }
        writer.abandon()
        throw TraceError.truncated(path: path, what: "list of events", offset: 0)
    }
}
