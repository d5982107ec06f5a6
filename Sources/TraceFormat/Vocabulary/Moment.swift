/// A position in a run: an event, and how many instructions the guest has executed since.
///
/// Printed and parsed as `E`, or `E+S` where S is not 0.
public struct Moment: Comparable, Hashable, Sendable {
    /// The last event at or before this moment.
    public var event: EventOrdinal
    /// Instructions executed since that event.
    public var instructions: UInt64

    /// Makes a moment of its parts.
    public init(event: EventOrdinal, instructions: UInt64 = 0) {
        self.event = event
        self.instructions = instructions
    }

    /// Orders by position in the run.
    public static func < (left: Self, right: Self) -> Bool {
        (left.event, left.instructions) < (right.event, right.instructions)
    }
}

extension Moment: LosslessStringConvertible {
    /// `E` or `E+S`, in decimal.
    public var description: String {
        instructions == 0 ? event.description : "\(event)+\(instructions)"
    }

    /// Reads `E` or `E+S`; nil for anything else.
    public init?(_ description: String) {
        let parts = description.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let event = Self.number(first) else { return nil }
        guard let instructions = parts.count == 2 ? Self.number(parts[1]) : 0 else { return nil }
        self.init(event: EventOrdinal(event), instructions: instructions)
    }

    /// Decimal digits only: the standard library's parser would also take a sign.
    private static func number(_ text: Substring) -> UInt64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt64(text) : nil
    }
}
