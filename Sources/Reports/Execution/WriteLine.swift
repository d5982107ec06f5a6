public import Replayer
internal import TraceFormat
internal import X86

/// A write to memory, as `rr-vm trace` shows it.
public struct WriteLine: Encodable, Hashable, Sendable {
    /// The moment behind it.
    public var moment: String
    /// `write`.
    public var kind = "write"
    /// Physical address of the first byte.
    public var address: String
    /// The bytes before, as hexadecimal digits.
    public var old: String
    /// The bytes afterwards.
    public var new: String
    /// Who wrote them, in words.
    public var cause: String
    /// The instruction that did, if it was one.
    public var code: CodeLine?

    /// Shows a write.
    public init(_ write: MemoryWrite) {
        moment = "\(write.moment)"
        address = "\(write.address)"
        old = write.old.map(InspectionReport.Dump.digits).joined()
        new = write.new.map(InspectionReport.Dump.digits).joined()
        cause = "\(write.cause)"
        code = write.cause.line.map(CodeLine.init)
    }

    /// One JSON object on one line.
    ///
    /// - Throws: nothing that can be foreseen.
    public func json() throws -> String { try JSONText.object(self) }

    /// One line for people.
    public var text: String {
        "\(ExecutionLine.column(moment))\(address)  \(Self.shown(old)) -> \(Self.shown(new))  \(cause)"
    }

    /// The first bytes, two digits each.
    private static func shown(_ digits: String) -> String {
        let bytes = stride(from: 0, to: min(digits.count, 2 * mostBytes), by: 2).map {
            String(digits.dropFirst($0).prefix(2))
        }
        return bytes.joined(separator: " ") + (digits.count > 2 * mostBytes ? " ..." : "")
    }

    private static let mostBytes = 16
}
