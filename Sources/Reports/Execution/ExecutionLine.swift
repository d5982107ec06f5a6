internal import FoundationEssentials

/// What the lines of `rr-vm trace` have in common.
enum ExecutionLine {
    static func text(of line: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(line), as: UTF8.self)
    }

    /// A moment, and spaces up to where the next column begins.
    static func column(_ moment: String) -> String { moment + String(repeating: " ", count: max(2, 16 - moment.count)) }
}
