public import TraceFormat
public import X86

/// A machine at a moment: on an engine that went there, or as the trace stores it, which needs no engine.
public enum MomentView: MachineView {
    case live(LiveView)
    case stored(KeyframeView)

    /// The machine at a moment whose state the trace stores; nil for other moments. The last state is that of the end too.
    public init?(storedAt moment: Moment, in reader: TraceReader) throws(TraceError) {
        guard moment.instructions == 0, let number = try reader.keyframe(atOrBefore: moment.event) else { return nil }
        if try reader.keyframeEntry(number).event == moment.event {
            self = .stored(KeyframeView(try reader.keyframe(number), regions: reader.header.machine.memory))
        } else if moment.event.rawValue + 1 == reader.events.upperBound.rawValue, let last = try reader.lastState(),
            last.isAtEnd
        {
            self = .stored(last.view)
        } else {
            return nil
        }
    }

    /// The processor.
    public var state: ProcessorState {
        switch self {
        case .live(let view): view.state
        case .stored(let view): view.state
        }
    }

    /// Reads bytes of physical memory; nil if not all of the range is memory.
    public mutating func read(_ address: GuestPhysicalAddress, count: Int) throws(TraceError) -> [UInt8]? {
        switch self {
        case .live(let view): return view.read(address, count: count)
        case .stored(var view):
            // The view keeps the pages that it has read.
            defer { self = .stored(view) }
            return try view.read(address, count: count)
        }
    }
}

extension TraceReader {
    /// The last recorded state, and whether it is the one at the end of the run; nil if the trace holds no state.
    public func lastState() throws(TraceError) -> (view: KeyframeView, moment: Moment, isAtEnd: Bool)? {
        guard keyframeCount > 0 else { return nil }
        let keyframe = try keyframe(keyframeCount - 1)
        let rest = events.upperBound.rawValue - keyframe.event.rawValue
        return (
            KeyframeView(keyframe, regions: header.machine.memory), Moment(event: keyframe.event),
            rest == 1 || rest == 2 && outcome != nil
        )
    }
}
