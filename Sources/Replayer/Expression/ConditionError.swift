/// Why a text is not a condition.
public struct ConditionError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    public var problem: String
    /// How many characters of the text come before the error.
    public var position: Int

    /// One line, without a final full stop.
    public var description: String { "\(problem), at character \(position + 1) of the expression" }
}
