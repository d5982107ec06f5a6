internal import Engine

/// What a probe found: whether the host does what its manual says.
public struct Finding: Codable, Hashable, Sendable {
    /// The answer in one word.
    public enum Verdict: String, Codable, Hashable, Sendable {
        /// It behaves as documented.
        case works
        /// It does not.
        case fails
        /// Unknown: the probe could not be carried out.
        case untried
    }

    /// The answer in one word.
    public var verdict: Verdict
    /// What was observed, or why nothing could be; may be empty if it works.
    public var detail: String

    /// It behaves as documented.
    public static func works(_ detail: String = "") -> Self { Self(verdict: .works, detail: detail) }

    /// It does not behave as documented; `detail` says what it does instead.
    public static func fails(_ detail: String) -> Self { Self(verdict: .fails, detail: detail) }

    /// The probe could not be carried out for this reason.
    public static func untried(_ reason: String) -> Self { Self(verdict: .untried, detail: reason) }

    /// Whether it behaves as documented.
    public var isPositive: Bool { verdict == .works }
}
