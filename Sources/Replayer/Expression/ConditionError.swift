/// Why a text is no condition.
public struct ConditionError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    public var problem: String
    /// Characters of the text before the place.
    public var position: Int

    /// One line, without a final full stop.
    public var description: String { "\(problem), at character \(position + 1) of the expression" }
}
