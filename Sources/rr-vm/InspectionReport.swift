import Engine
import FoundationEssentials
import GuestMemory
import Replayer
import TraceFormat
import X86

/// What `rr-vm inspect` found.
struct InspectionReport {
    let moment: Moment
    let event: RecordedEvent
    var registers: [(String, String)] = []
    var code: [CodeListing.Line] = []
    var stack: [StackListing.Entry] = []
    var dumps: [Dump] = []
    var walk: [ProcessorState.PageTableStep]?
    var screen: [String]?
    var console: [UInt8]?

    /// A stretch of memory.
    struct Dump {
        var address: UInt64
        var isPhysical: Bool
        var bytes: [UInt8]
        /// How many bytes the user asked for. It is larger than the count of `bytes` if nothing is mapped after them.
        var wanted: Int
    }
}

extension InspectionReport {
    /// For people.
    var text: String {
        var lines = ["moment \(moment), after event \(event)"]
        lines += section("registers", registerLines)
        lines += section("code", code.map { "  \($0)" })
        lines += section("stack", stack.map(Self.text(of:)))
        for dump in dumps {
            lines += section("\(dump.isPhysical ? "physical " : "")memory at \(Self.hex(dump.address))", dump.lines)
        }
        if let walk { lines += section("page tables", walkLines(walk)) }
        if let screen { lines += section("screen", screen.isEmpty ? ["  nothing"] : screen) }
        if let console { lines += section("console", Self.lines(of: console)) }
        return lines.printableText
    }

    /// What a guest has shown, line by line.
    private static func lines(of console: [UInt8]) -> [String] {
        console.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
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

    fileprivate static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
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

    fileprivate static func digits(_ byte: UInt8) -> String {
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
}

extension InspectionReport {
    /// For programs. Numbers that may need 64 bits are hexadecimal strings.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(Encoded(self)), as: UTF8.self)
        }
    }

    private struct Encoded: Encodable {
        struct Line: Encodable {
            var address: String
            var symbol: String?
            var bytes: String
            var text: String
            var trapped: Bool
        }
        struct Word: Encodable {
            var address: String
            var value: String
            var symbol: String?
        }
        struct Memory: Encodable {
            var address: String
            var physical: Bool
            var bytes: String
        }
        struct Step: Encodable {
            var level: Int
            var entryAddress: String
            var entry: String
            var target: String?
        }

        var moment: String
        var event: String
        var registers: [String: String]?
        var code: [Line]?
        var stack: [Word]?
        var memory: [Memory]?
        var pageTable: [Step]?
        var screen: [String]?
        var console: String?

        init(_ report: InspectionReport) {
            moment = report.moment.description
            event = "\(report.event.event)"
            if !report.registers.isEmpty {
                registers = Dictionary(report.registers) { first, _ in first }
            }
            if !report.code.isEmpty {
                code = report.code.map { line in
                    Line(
                        address: "\(line.instruction.address)",
                        symbol: line.symbol,
                        bytes: line.instruction.bytes.map(Dump.digits).joined(),
                        text: line.instruction.text,
                        trapped: line.isTrapped
                    )
                }
            }
            if !report.stack.isEmpty {
                stack = report.stack.map { Word(address: "\($0.address)", value: hex($0.value), symbol: $0.symbol) }
            }
            if !report.dumps.isEmpty {
                memory = report.dumps.map { dump in
                    Memory(
                        address: hex(dump.address),
                        physical: dump.isPhysical,
                        bytes: dump.bytes.map(Dump.digits).joined()
                    )
                }
            }
            pageTable = report.walk?.map { step in
                Step(
                    level: step.level,
                    entryAddress: "\(step.entryAddress)",
                    entry: hex(step.entry),
                    target: step.target.map { "\($0)" }
                )
            }
            screen = report.screen
            console = report.console.map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
