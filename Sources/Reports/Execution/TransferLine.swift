public import Replayer
public import TraceFormat
public import X86

/// A call, a return, an interrupt or an exception as `rr-vm trace` shows it.
public struct TransferLine: Codable, Hashable, Sendable {
    /// The moment behind it.
    public var moment: String
    /// What it is: the name of its ``ControlTransfer/Kind``.
    public var kind: String
    /// How many calls are under way around it; nil if nobody counts.
    public var depth: Int?
    /// Linear address of the instruction; for an interrupt or exception, of the one to go on with.
    public var source: String
    /// The name of that address.
    public var sourceSymbol: String?
    /// Linear address of what comes next.
    public var target: String
    /// The name of that address.
    public var targetSymbol: String?
    /// The vector of an interrupt or exception.
    public var vector: UInt8?
    /// An exception's error code.
    public var errorCode: String?
    /// CR2 of a page fault.
    public var faultAddress: String?
    /// How many instructions the call that ends has taken, with all that it called.
    public var instructions: UInt64?
    /// How many calls it has left without a return.
    public var left: Int?
    /// How many calls are under way again.
    public var resumed: Int?

    /// A transfer outside a tree.
    public init(_ transfer: ControlTransfer, at moment: Moment, _ symbols: SymbolTable) {
        self.moment = "\(moment)"
        kind = transfer.kind.rawValue
        source = "\(transfer.source)"
        sourceSymbol = symbols.name(of: transfer.source)
        target = "\(transfer.target)"
        targetSymbol = symbols.name(of: transfer.target)
        vector = transfer.vector
        errorCode = transfer.errorCode.map { InspectionReport.hex(UInt64($0)) }
        faultAddress = transfer.faultAddress.map(InspectionReport.hex)
    }

    /// A transfer in a tree of calls.
    public init(_ step: CallTree.Step, _ symbols: SymbolTable) {
        self.init(step.transfer, at: step.moment, symbols)
        depth = step.depth
        instructions = step.ended.map { step.transfer.executed &- $0.transfer.executed }
        if !step.left.isEmpty { left = step.left.count }
        if !step.resumed.isEmpty { resumed = step.resumed.count }
    }

    /// One JSON object on one line.
    ///
    /// - Throws: nothing that can be foreseen.
    public func json() throws -> String { try JSONText.object(self) }

    /// One line for people.
    public var text: String {
        let indent = String(repeating: "  ", count: min(depth ?? 0, Self.deepestIndent))
        return ExecutionLine.column(moment) + indent + words
    }

    /// Deeper calls are indented no further.
    private static let deepestIndent = 60

    private var words: String {
        switch ControlTransfer.Kind(rawValue: kind) {
        case .call: "call \(to)  at \(from)\(lost)"
        case .systemCall: "system call to \(to)  at \(from)"
        case .interrupt: "interrupt \(hexVector) to \(to)  at \(from)"
        case .softwareInterrupt: "int \(hexVector) to \(to)  at \(from)"
        case .exception: "exception \(ExceptionName.of(vector ?? 0))\(details) to \(to)  at \(from)"
        case .return: "return to \(to)\(ending("call"))"
        case .systemReturn: "return from system call to \(to)\(ending("system call"))"
        case .interruptReturn: "return from interrupt to \(to)\(ending("interrupt"))"
        case nil: kind
        }
    }

    private var from: String { Self.place(source, sourceSymbol) }
    private var to: String { Self.place(target, targetSymbol) }
    private var hexVector: String { InspectionReport.hex(UInt64(vector ?? 0)) }

    private static func place(_ address: String, _ symbol: String?) -> String {
        symbol.map { "\(address) <\($0)>" } ?? address
    }

    private static func number(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private var details: String {
        (errorCode.map { " error \($0)" } ?? "") + (faultAddress.map { " address \($0)" } ?? "")
    }

    private var lost: String {
        left.map { "  (\(Self.number($0, "call")) left)" } ?? ""
    }

    private func ending(_ what: String) -> String {
        guard depth != nil else { return "" }
        let end =
            instructions.map { "  after \(Quantity.count($0)) \($0 == 1 ? "instruction" : "instructions")" }
            ?? "  of an unknown \(what)"
        let stack = resumed.map { "  (back in \(Self.number($0, "call")))" } ?? ""
        return end + lost + stack
    }
}
