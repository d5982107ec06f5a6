/// What came of executing through recorded exits.
public struct ExitRun: Sendable {
    /// How many exits, from the first on, were as recorded. They are answered.
    public var count: Int
    /// The exit that the guest made instead of the next one, or that it was stopped by. It is not answered. Nil if all were
    /// as recorded.
    public var other: Exit?

    /// Makes one of its parts.
    public init(count: Int, other: Exit? = nil) {
        self.count = count
        self.other = other
    }
}
