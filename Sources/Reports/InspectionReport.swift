public import Replayer
public import TraceFormat
public import X86

/// What `rr-vm inspect` found.
public struct InspectionReport {
    /// The moment that was looked at.
    public let moment: Moment
    /// Its event.
    public let event: RecordedEvent
    /// Registers by name.
    public var registers: [(String, String)] = []
    /// The next instructions.
    public var code: [CodeListing.Line] = []
    /// The top of the stack.
    public var stack: [StackListing.Entry] = []
    /// The calls that led there; nil if nobody asked.
    public var backtrace: [Backtrace.Frame]?
    /// Memory.
    public var dumps: [Dump] = []
    /// How paging translates an address.
    public var walk: [ProcessorState.PageTableStep]?
    /// The lines of the text screen.
    public var screen: [String]?
    /// What the guest had shown on its console.
    public var console: [UInt8]?

    /// Makes a report of nothing but the moment and its event.
    public init(moment: Moment, event: RecordedEvent) {
        self.moment = moment
        self.event = event
    }

    /// A stretch of memory.
    public struct Dump {
        /// Where it begins.
        public var address: UInt64
        /// Whether the address is physical.
        public var isPhysical: Bool
        /// Its content.
        public var bytes: [UInt8]
        /// How many bytes the user asked for. It is larger than the count of `bytes` if nothing is mapped after them.
        public var wanted: Int

        /// Makes a stretch of its parts.
        public init(address: UInt64, isPhysical: Bool, bytes: [UInt8], wanted: Int) {
            self.address = address
            self.isPhysical = isPhysical
            self.bytes = bytes
            self.wanted = wanted
        }
    }
}

extension InspectionReport {
    /// For people.
    public var text: String {
        var lines = ["moment \(moment), after event \(event)"]
        lines += section("registers", registerLines)
        lines += section("code", code.map { "  \($0)" })
        lines += section("stack", stack.map(Self.text(of:)))
        if let backtrace { lines += section("backtrace", backtrace.map { "  \($0)" }) }
        for dump in dumps {
            lines += section("\(dump.isPhysical ? "physical " : "")memory at \(Self.hex(dump.address))", dump.lines)
        }
        if let walk { lines += section("page tables", walkLines(walk)) }
        if let screen { lines += section("screen", screen.isEmpty ? ["  nothing"] : screen) }
        if let console { lines += section("console", ConsoleTail.lines(of: console)) }
        return lines.printableText
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [title] + lines
    }

    /// Three to a line; a long one gets a line of its own.
    private var registerLines: [String] {
        var lines: [String] = []
        var line = ""
        for (name, value) in registers {
            let cell = "\(name) \(value)"
            if !line.isEmpty, cell.count >= Self.cellWidth || line.count > 2 * Self.cellWidth {
                lines.append(line)
                line = ""
            }
            let column = line.isEmpty ? 2 : (line.count + Self.cellWidth - 3) / Self.cellWidth * Self.cellWidth + 2
            line += String(repeating: " ", count: column - line.count) + cell
        }
        return line.isEmpty ? lines : lines + [line]
    }

    private static let cellWidth = 36

    private static func text(of entry: StackListing.Entry) -> String {
        "  \(entry.address)  \(hex(entry.value))\(entry.symbol.map { "  <\($0)>" } ?? "")"
    }

    private func walkLines(_ walk: [ProcessorState.PageTableStep]) -> [String] {
        guard let last = walk.last else { return ["  the page tables are outside the guest's memory"] }
        var lines = walk.filter { $0.level > 0 }.map { step in
            "  level \(step.level)  entry at \(step.entryAddress)  \(Self.hex(step.entry))\(Self.flags(step.entry))"
        }
        if last.level == 0 { lines.append("  paging is off") }
        lines.append(last.target.map { "  physical \($0)" } ?? "  not mapped")
        return lines
    }

    /// The bits that matter most (Intel SDM vol. 3, 5.5).
    private static func flags(_ entry: UInt64) -> String {
        let names = [(0, "present"), (1, "writable"), (2, "user"), (5, "accessed"), (6, "dirty"), (63, "no execute")]
        return names.filter { entry >> UInt64($0.0) & 1 == 1 }.map { "  \($0.1)" }.joined()
    }

    static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}

extension InspectionReport.Dump {
    fileprivate var lines: [String] {
        var lines = stride(from: 0, to: bytes.count, by: 16).map { start in
            let row = bytes[start..<min(start + 16, bytes.count)]
            let digits = row.map(Self.digits).joined(separator: " ")
            let padding = String(repeating: " ", count: 47 - digits.count)
            let characters = row.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            return "  \(InspectionReport.hex(address &+ UInt64(start)))  \(digits)\(padding)  \(characters)"
        }
        if bytes.count < wanted { lines.append("  nothing is mapped after this") }
        return lines
    }

    static func digits(_ byte: UInt8) -> String {
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
}
