public import Replayer
internal import TraceFormat
internal import X86

/// Where two runs part, as `rr-vm bisect` finds it.
public struct DifferenceReport: Codable, Hashable, Sendable {
    /// One of the two runs at the place.
    public struct Side: Codable, Hashable, Sendable {
        /// The moment of the event that differs.
        public var moment: String?
        /// The ordinal of that event.
        public var event: UInt64?
        /// The event, or what a run that is no trace did instead.
        public var text: String?
        /// The instruction that made the event, or the one that an interrupt came before.
        public var code: CodeLine?
        /// The last input that was given to this run but not to the other.
        public var input: String?
        /// The events before the place, oldest first.
        public var context: [String]
    }

    /// A register that differs behind the place.
    public struct Register: Codable, Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its value in the first run.
        public var first: String
        /// Its value in the second run.
        public var second: String
    }

    /// A page that differs behind the place.
    public struct Page: Codable, Hashable, Sendable {
        /// Physical address of the first byte that differs.
        public var address: String
        /// How many bytes of the page differ.
        public var count: Int
        /// The first run's bytes from there on, as hexadecimal digits.
        public var first: String
        /// The second run's bytes.
        public var second: String
    }

    /// Whether no difference was found.
    public var equal: Bool
    /// `event`, `moment` or `state`.
    public var kind: String?
    /// The first run.
    public var first: Side?
    /// The second run.
    public var second: Side?
    /// Registers that differ.
    public var registers: [Register]?
    /// Pages that differ, not necessarily all.
    public var pages: [Page]?
    /// How many pages differ.
    public var pageCount: Int?
    /// In what the recordings begin differently, and what could not be found out.
    public var remarks: [String]

    /// Shows a difference; nil shows that the runs are equal.
    ///
    /// - Parameter remarks: what there is to know besides.
    public init(_ difference: FirstDifference?, remarks: [String] = []) {
        equal = difference == nil
        self.remarks = remarks + (difference?.remarks ?? [])
        guard let difference else { return }
        kind =
            switch difference.kind {
            case .event: "event"
            case .moment: "moment"
            case .state: "state"
            }
        first = Side(difference.first)
        second = Side(difference.second)
        registers = difference.registers.map { Register(name: $0.field, first: $0.expected, second: $0.actual) }
        pages = difference.pages.map { page in
            Page(
                address: "\(page.address)",
                count: page.count,
                first: page.expected.map(InspectionReport.Dump.digits).joined(),
                second: page.actual.map(InspectionReport.Dump.digits).joined()
            )
        }
        pageCount = difference.pageCount
    }

    /// One JSON object on one line.
    ///
    /// - Throws: nothing that can be foreseen.
    public func json() throws -> String { try JSONText.object(self) }
}

extension DifferenceReport.Side {
    fileprivate init(_ side: FirstDifference.Side) {
        moment = side.moment.map { "\($0)" }
        event = side.event?.ordinal.rawValue
        text = side.account ?? side.event.map { "\($0)" }
        code = side.instruction.map(CodeLine.init)
        input = side.input.map { "\($0)" }
        context = side.context.map { "\($0)" }
    }
}
