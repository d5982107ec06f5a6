/// What a processor does where the manuals leave it open, as a text of lines: a word that says what the line is, a name, and a value,
/// with a tab between them. docs/software-processor.md describes the words.
public struct QuirkReport: Equatable, Sendable {
    /// One line.
    public struct Entry: Equatable, Sendable {
        /// What kind of fact it is: `quirk`, `flags`, `table` or `fact`.
        public var kind: String
        /// What it is about.
        public var name: String
        /// What was found.
        public var value: String
    }

    /// The first line: the format and its version.
    static let header = "rr-vm quirks 1"

    /// The maker as CPUID leaf 0 spells it.
    public var vendor: String
    /// EAX of CPUID leaf 1.
    public var signature: UInt32
    /// All facts in the order of the text.
    public var entries: [Entry]

    /// The report as a text.
    public var text: String {
        let head = [Self.header, "vendor\t\(vendor)", "signature\t\(String(signature, radix: 16))"]
        let lines = head + entries.map { "\($0.kind)\t\($0.name)\t\($0.value)" }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Reads a text; nil if it is none of this format's.
    public init?(_ text: String) {
        let lines = text.split(separator: "\n")
        guard lines.count >= 3, lines[0] == Self.header else { return nil }
        let fields = lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        guard fields[1].first == "vendor", fields[1].count == 2, fields[2].first == "signature", fields[2].count == 2,
            let signature = UInt32(fields[2][1], radix: 16)
        else { return nil }
        vendor = fields[1][1]
        self.signature = signature
        entries = []
        for line in fields.dropFirst(3) {
            guard line.count == 3 else { return nil }
            entries.append(Entry(kind: line[0], name: line[1], value: line[2]))
        }
    }

    init(vendor: String, signature: UInt32, entries: [Entry]) {
        self.vendor = vendor
        self.signature = signature
        self.entries = entries
    }

    /// What was found of a name.
    public func value(_ kind: String, _ name: String) -> String? {
        entries.first { $0.kind == kind && $0.name == name }?.value
    }
}
