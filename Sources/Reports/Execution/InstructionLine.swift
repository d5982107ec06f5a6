public import Replayer
internal import TraceFormat
internal import X86

/// An instruction that was executed, as `rr-vm trace` shows it.
public struct InstructionLine: Encodable, Hashable, Sendable {
    /// The moment before it.
    public var moment: String
    /// `instruction`, or `interrupt` if the guest has taken one there.
    public var kind: String
    /// Linear address of the instruction; for an interrupt, of the one that comes after its handler.
    public var address: String
    /// The name of the address.
    public var symbol: String?
    /// The instruction's bytes, as hexadecimal digits.
    public var bytes: String?
    /// Its text, in Intel syntax, or the interrupt's event.
    public var text: String
    /// The registers that it has changed, with their new values.
    public var changes: [String: String]
    /// The mnemonics of the exceptions that it has raised.
    public var exceptions: [String]?

    private var shown: String

    private enum CodingKeys: CodingKey { case moment, kind, address, symbol, bytes, text, changes, exceptions }

    /// Shows an instruction.
    public init(_ executed: ExecutedInstruction, _ symbols: SymbolTable) {
        moment = "\(executed.moment)"
        address = "\(executed.address)"
        symbol = symbols.name(of: executed.address)
        changes = Dictionary(executed.changes.map { ($0.register, $0.value) }) { first, _ in first }
        let names = executed.exceptions.map { ExceptionName.of($0.vector ?? 0) }
        exceptions = names.isEmpty ? nil : names
        if let event = executed.delivery {
            (kind, text) = ("interrupt", "delivery of event \(event)")
            shown = text
        } else {
            kind = "instruction"
            let line = executed.line.map(CodeLine.init)
            bytes = line?.bytes
            text = line?.text ?? "(the code cannot be read)"
            shown = executed.line.map { "\($0)" } ?? "\(address)  \(text)"
        }
        shown += executed.changes.map { "  \($0.register) \($0.value)" }.joined()
        shown += names.map { "  exception \($0)" }.joined()
    }

    /// One JSON object on one line.
    ///
    /// - Throws: nothing that can be foreseen.
    public func json() throws -> String { try JSONText.object(self) }

    /// One line for people.
    public var line: String { ExecutionLine.column(moment) + shown }
}
