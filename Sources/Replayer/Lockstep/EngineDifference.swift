internal import Engine
public import TraceFormat
public import X86

/// The first instruction behind which two engines differ.
public struct EngineDifference: Sendable {
    /// What differs in two machines.
    public struct Differences: Sendable {
        /// Registers, with the first engine's value as the expected one.
        public var registers: [ProcessorState.Difference] = []
        /// Pages, in ascending order.
        public var pages: [Divergence.PageDifference] = []

        /// Whether nothing differs.
        public var isEmpty: Bool { registers.isEmpty && pages.isEmpty }
    }

    /// The event before which they begin to differ.
    public var event: RecordedEvent
    /// The last moment at which they were equal.
    public var before: Moment
    /// The first at which they differ; nil if only the event tells.
    public var moment: Moment?
    /// The instruction between the two moments.
    public var instruction: CodeListing.Line?
    /// What differs behind it.
    public var found = Differences()
    /// How the first engine differs from the recording; nil if it does not.
    public var first: String?
    /// How the second engine differs from it.
    public var second: String?
    /// What there is to know besides.
    public var remarks: [String] = []

    private static let listedPages = 8

    init(event: RecordedEvent, before: Moment) { (self.event, self.before) = (event, before) }

    /// Says so if the manuals leave open what differs.
    mutating func noteUndefined() {
        guard let instruction = instruction?.instruction, found.pages.isEmpty else { return }
        let fields = found.registers.map(\.field)
        if fields == ["rflags"], let difference = found.registers.first {
            let flags = difference.bits
            guard flags & ~instruction.undefinedFlags == 0 else { return }
            remarks.append("the manuals leave these flags undefined after this instruction: \(Self.names(of: flags))")
        } else if instruction.isApproximate,
            fields.allSatisfy({ $0.hasPrefix("st") || $0.hasPrefix("xmm") || $0 == "mxcsr" })
        {
            remarks.append("processors differ in the last bits of what this instruction computes")
        }
    }

    private static func names(of flags: UInt64) -> String {
        [(0, "CF"), (2, "PF"), (4, "AF"), (6, "ZF"), (7, "SF"), (11, "OF")].filter { flags >> UInt64($0.0) & 1 == 1 }
            .map(\.1).joined(separator: " ")
    }
}

extension ProcessorState.Difference {
    /// The bits in which the two values differ; all of them if one is no number.
    fileprivate var bits: UInt64 {
        func number(_ text: String) -> UInt64? {
            UInt64(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16)
        }
        guard let one = number(expected), let other = number(actual) else { return .max }
        return one ^ other
    }
}

extension EngineDifference: CustomStringConvertible {
    /// The whole report, in several lines. A is the first engine and B the second.
    public var description: String {
        var lines = [
            "the engines differ \(moment.map { "at moment \($0), after \(before)" } ?? "between \(before) and event \(event.ordinal)")"
        ]
        if let instruction { lines.append("  \(instruction)") }
        lines.append("  before event \(event)")
        if !found.registers.isEmpty {
            lines.append("  registers, A / B")
            lines += found.registers.map { "    \($0.field): \($0.expected) / \($0.actual)" }
        }
        if !found.pages.isEmpty {
            lines.append(
                "  memory: \(found.pages.count) \(found.pages.count == 1 ? "page differs" : "pages differ"), A / B"
            )
            lines += found.pages.prefix(Self.listedPages).map { page in
                "    \(page.address): \(page.count) \(page.count == 1 ? "byte" : "bytes"), "
                    + "\(Self.hex(page.expected)) / \(Self.hex(page.actual))"
            }
        }
        for (name, text) in [("A", first), ("B", second)] {
            guard let text else { continue }
            lines.append("  \(name) differs from the recording:")
            lines += text.split(separator: "\n").map { "    \($0)" }
        }
        lines += remarks.map { "  note: \($0)" }
        return lines.printableText
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(separator: " ")
    }
}
