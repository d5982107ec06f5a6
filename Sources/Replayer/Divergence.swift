public import Engine
public import TraceFormat
public import X86

/// The first place where a replay differs from its trace, and all that is known about it.
public struct Divergence: Error, Sendable {
    /// The event that the replay did not reach, or reached in another state.
    public var moment: Moment
    /// What the trace says, in words.
    public var expected: String
    /// What the replay did, in words.
    public var actual: String
    /// Registers in which the recorded state and the replay's state differ. Empty if the trace holds no state for the
    /// moment.
    public var registers: [ProcessorState.Difference] = []
    /// Memory in which the recorded state and the replay's state differ.
    public var pages: [PageDifference] = []
    /// How many pages differ. This may be more than are listed.
    public var pageCount = 0
    /// The replay's registers, by name.
    public var state: [(String, String)] = []
    /// Whether the report's text includes the registers.
    var showsState = false
    /// The decoded instructions at the replay's present position.
    public var instructions: [Instruction] = []
    /// The events before the place, oldest first.
    public var recentEvents: [RecordedEvent] = []
    /// The most likely cause.
    public var cause: String

    /// One page that differs.
    public struct PageDifference: Hashable, Sendable {
        /// The address of the first byte that differs.
        public var address: GuestPhysicalAddress
        /// How many bytes of the page differ.
        public var count: Int
        /// The recorded bytes from the first difference on, 8 at most.
        public var expected: [UInt8]
        /// The replay's bytes at the same place.
        public var actual: [UInt8]
    }
}

extension Divergence: CustomStringConvertible {
    /// The whole report, in several lines.
    public var description: String {
        var lines = [
            "divergence at event \(moment)",
            "  expected  \(expected)",
            "  actual    \(actual)",
            "  cause     \(cause)",
        ]
        if !registers.isEmpty {
            lines.append("  registers")
            lines += registers.map { "    \($0)" }
        }
        if pageCount > 0 {
            lines.append("  memory: \(pageCount) \(pageCount == 1 ? "page differs" : "pages differ")")
            lines += pages.map { page in
                "    \(page.address): \(page.count) bytes, expected \(hex(page.expected)), got \(hex(page.actual))"
            }
        }
        if showsState {
            lines.append("  the replay's registers")
            lines += state.prefix(Self.shownRegisters).map { "    \($0.0) \($0.1)" }
        }
        if !instructions.isEmpty {
            lines.append("  the replay stands at")
            lines += instructions.map { "    \($0.address)  \($0.text)" }
        }
        if !recentEvents.isEmpty {
            lines.append("  last events")
            lines += recentEvents.map { "    \($0)" }
        }
        return lines.printableText
    }

    /// How many registers are shown: the general registers, RIP, flags and the code segment's selector.
    private static let shownRegisters = 19

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(separator: " ")
    }
}
