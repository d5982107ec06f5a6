public import Replayer
internal import TraceFormat

/// What `rr-vm watch`, `last-write` and `bisect --when` find: a change and what made it, or that there is none.
public struct ChangeReport: Codable, Hashable, Sendable {
    /// Whether something was found.
    public var found = false
    /// The last moment before it.
    public var before: String?
    /// The first moment behind it.
    public var moment: String?
    /// Whether nothing else happened between the two moments.
    public var exact: Bool?
    /// The bytes before, as hexadecimal digits.
    public var old: String?
    /// The bytes afterwards.
    public var new: String?
    /// What made the change, in words.
    public var cause: String?
    /// The event that made it, or that came with it.
    public var event: UInt64?
    /// The instruction that made it.
    public var code: CodeLine?

    /// Shows a change of memory; nil shows that there was none.
    public init(_ change: MemoryChange?) {
        guard let change else { return }
        (before, moment) = ("\(change.before)", "\(change.moment)")
        old = change.old.map(InspectionReport.Dump.digits).joined()
        new = change.new.map(InspectionReport.Dump.digits).joined()
        show(change.cause)
    }

    /// Shows when something became true; nil shows that it did not.
    public init(_ finding: MomentFinding?) {
        guard let finding else { return }
        before = finding.before.map { "\($0)" }
        moment = "\(finding.moment)"
        if let cause = finding.cause { show(cause) }
        found = true
    }

    private mutating func show(_ cause: ChangeCause) {
        found = true
        exact = cause.isExact
        self.cause = "\(cause)"
        event = cause.event?.ordinal.rawValue
        code = cause.line.map(CodeLine.init)
    }

    /// One JSON object on one line.
    ///
    /// - Throws: nothing that can be foreseen.
    public func json() throws -> String { try JSONText.object(self) }
}
