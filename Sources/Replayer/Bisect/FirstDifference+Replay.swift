internal import Engine
public import TraceFormat

extension FirstDifference {
    /// The difference between a recording (the first run) and a replay of it that diverged (the second run).
    public init(_ divergence: Divergence, in reader: TraceReader) throws(TraceError) {
        let event = divergence.moment.event
        let recorded = try reader.event(at: event)
        let isFirst = event == reader.header.firstEvent
        let before = isFirst ? nil : EventOrdinal(event.rawValue - 1)
        var first = Side(before: before, event: recorded, moment: divergence.moment)
        first.context = try reader.guestEvents(Self.contextLength, before: event)
        let second = Side(before: before, moment: divergence.moment, account: divergence.actual)
        let isState = recorded.event.kind == .keyframe
        if case .keyframe(let number, _) = recorded.event { first.keyframe = Int(number) }
        self.init(kind: isState ? .state : .event, first: first, second: second)
        registers = divergence.registers
        pages = divergence.pages
        pageCount = divergence.pageCount
        remarks = ["B is a replay on this host; \(divergence.cause)"]
        remarks += divergence.instructions.prefix(1).map { "B stands at \($0.address)  \($0.text)" }
    }
}
