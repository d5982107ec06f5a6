internal import Platform
public import TraceFormat
internal import X86

/// The end of a recorded run: the guest's last exit, and what the trace holds around it that gives it a meaning.
public struct RecordedEnd: Sendable {
    /// The last exit; nil if the trace has none.
    public let exit: Event?
    /// The guest was given an interrupt after it, or was reset, so the exit has not ended the run.
    public let isInterrupted: Bool
    /// The trace begins after the last exit, whatever that was.
    let isCutOff: Bool
    /// The board's name.
    let board: String
    /// The command that the keyboard controller took before the exit and for which it waits for a byte, if any.
    let keyboardCommand: UInt8?

    /// Looks at the last events of a trace, or at the last ones before one of its events.
    public init(_ reader: TraceReader, before event: EventOrdinal? = nil) throws(TraceError) {
        board = reader.header.machine.board
        var isInterrupted = false
        var last: RecordedEvent?
        let end = event ?? reader.events.upperBound
        last = try reader.last(before: end) { recorded in
            switch recorded.event {
            case .interrupt, .nonMaskableInterrupt, .keyframe(_, .reset):
                isInterrupted = true
                return false
            default: return recorded.event.kind.isExit
            }
        }
        exit = last?.event
        isCutOff = last == nil && reader.events.lowerBound > EventOrdinal(0)
        self.isInterrupted = isInterrupted
        guard let last, case .portWrite(let access) = last.event, KeyboardPort(access.port) == .data else {
            keyboardCommand = nil
            return
        }
        let before = try reader.last(before: last.ordinal) { recorded in
            guard case .portWrite(let access) = recorded.event else { return false }
            return KeyboardPort(access.port) != nil
        }
        if case .portWrite(let access)? = before?.event, KeyboardPort(access.port) == .command {
            keyboardCommand = UInt8(truncatingIfNeeded: access.value)
        } else {
            keyboardCommand = nil
        }
    }

    /// Makes an end of its parts.
    public init(board: String, exit: Event?, isInterrupted: Bool = false, keyboardCommand: UInt8? = nil) {
        self.board = board
        self.exit = exit
        isCutOff = false
        self.isInterrupted = isInterrupted
        self.keyboardCommand = keyboardCommand
    }
}

extension TraceReader {
    /// The last event before another that fulfils a condition. The condition is tested from back to front, a stretch at
    /// a time.
    public func last(
        before end: EventOrdinal,
        where isIt: (RecordedEvent) -> Bool
    ) throws(TraceError) -> RecordedEvent? {
        var (high, count) = (end.rawValue, UInt64(16))
        let first = events.lowerBound.rawValue
        while high > first {
            let low = high - min(high - first, count)
            var cursor = events(from: EventOrdinal(low))
            var stretch: [RecordedEvent] = []
            while cursor.position.rawValue < high, let recorded = try cursor.next() { stretch.append(recorded) }
            if let found = stretch.last(where: isIt) { return found }
            (high, count) = (low, min(count * 4, 65_536))
        }
        return nil
    }
}
