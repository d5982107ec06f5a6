internal import Engine
internal import Replayer
internal import X86

/// One instruction of a listing.
public struct CodeLine: Codable, Hashable, Sendable {
    /// Its linear address.
    public var address: String
    /// The name of the address, if it has one.
    public var symbol: String?
    /// Its bytes, as hexadecimal digits.
    public var bytes: String
    /// Its text, in Intel syntax.
    public var text: String
    /// Whether the recorder replaced it by an instruction that traps.
    public var trapped: Bool

    init(_ line: CodeListing.Line) {
        address = "\(line.instruction.address)"
        symbol = line.symbol
        bytes = line.instruction.bytes.map(InspectionReport.Dump.digits).joined()
        text = line.instruction.text
        trapped = line.isTrapped
    }
}

/// One word on a stack.
public struct StackWord: Codable, Hashable, Sendable {
    /// Its linear address.
    public var address: String
    /// Its value.
    public var value: String
    /// The symbol whose address it is, if it is one.
    public var symbol: String?

    init(_ entry: StackListing.Entry) {
        address = "\(entry.address)"
        value = InspectionReport.hex(entry.value)
        symbol = entry.symbol
    }
}

/// One call of a backtrace.
public struct CallFrame: Codable, Hashable, Sendable {
    /// Where the call goes on; for the first one, the next instruction.
    public var address: String
    /// The name of the address, if it has one.
    public var symbol: String?

    init(_ frame: Backtrace.Frame) {
        address = "\(frame.address)"
        symbol = frame.symbol
    }
}
