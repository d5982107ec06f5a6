public import Replayer
internal import TraceFormat
internal import X86

/// A tree of calls in Chrome's trace event format, which Perfetto's viewer opens: a slice for each call.
///
/// Time is counted in instructions: one is shown as a nanosecond. A call that was left, or belongs to another stack, ends there;
/// it begins again when the guest is back on its stack.
public struct CallExport {
    private let guest: String
    private let symbols: SymbolTable
    private var list = TraceEventList()
    private var start: UInt64?
    private var last: UInt64 = 0
    private var depth = 0

    private static let track = 1

    /// Begins to export calls of this guest.
    public init(guest: String, symbols: SymbolTable) {
        (self.guest, self.symbols) = (guest, symbols)
    }

    /// The opening of the object, and the names of the tracks.
    public mutating func begin() -> String {
        var text = list.opening(unit: "ns")
        for (key, name) in [("process_name", guest), ("thread_name", "calls")] {
            text += list.name(key, track: Self.track, name)
        }
        return text
    }

    /// What a step of the tree begins and ends.
    public mutating func take(_ step: CallTree.Step) -> String {
        let executed = step.transfer.executed
        if start == nil { start = executed }
        last = executed &- (start ?? 0)
        var text = ""
        for _ in step.left { text += end() }
        for frame in step.resumed { text += begin(frame.transfer, frame.moment) }
        if step.transfer.kind.isReturn {
            if step.ended != nil, step.resumed.isEmpty { text += end() }
        } else {
            text += begin(step.transfer, step.moment)
        }
        return text
    }

    /// Ends what is under way, and the object.
    public mutating func finish() -> String {
        var text = ""
        while depth > 0 { text += end() }
        return text + list.closing
    }

    private mutating func begin(_ transfer: ControlTransfer, _ moment: Moment) -> String {
        depth += 1
        let place = symbols.name(of: transfer.target) ?? "\(transfer.target)"
        let name =
            switch transfer.kind {
            case .exception: "\(ExceptionName.of(transfer.vector ?? 0)): \(place)"
            case .interrupt, .softwareInterrupt:
                "interrupt 0x\(String(transfer.vector ?? 0, radix: 16)): \(place)"
            case .systemCall: "system call: \(place)"
            case .call, .return, .systemReturn, .interruptReturn: place
            }
        return list.event(
            "{\"ph\":\"B\",\"name\":\(JSONText.quoted(name)),\"pid\":1,\"tid\":\(Self.track),\"ts\":\(time),"
                + "\"args\":{\"moment\":\"\(moment)\",\"from\":\"\(transfer.source)\"}}"
        )
    }

    private mutating func end() -> String {
        // What began before the export has no slice.
        guard depth > 0 else { return "" }
        depth -= 1
        return list.event("{\"ph\":\"E\",\"pid\":1,\"tid\":\(Self.track),\"ts\":\(time)}")
    }

    private var time: String { TraceEventList.microseconds(last) }
}
