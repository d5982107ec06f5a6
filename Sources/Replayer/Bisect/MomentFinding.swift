public import TraceFormat

/// The moment at which something becomes true.
public struct MomentFinding: Sendable {
    /// The last moment at which it was still not true; nil if it was true from the start.
    public var before: Moment?
    /// The first moment at which it was true.
    public var moment: Moment
    /// What happened between the two moments; nil if it was true from the start.
    public var cause: ChangeCause?

    /// Describes the finding for people: the subject, the word for how it begins, the moment, and the cause.
    public func text(of subject: String, _ word: String) -> String {
        guard let before, let cause else { return "\(subject) holds from the start, at moment \(moment)".printable }
        return ["\(subject) \(word) at moment \(moment), after \(before)", "  \(cause)"].printableText
    }
}
