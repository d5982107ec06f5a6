public import TraceFormat

/// What a search wants to know of a moment.
public protocol MomentPredicate {
    /// Whether it holds there; nil where that cannot be said.
    mutating func holds<View: MachineView>(at moment: Moment, in view: inout View) throws -> Bool?
}

extension Condition: MomentPredicate {
    /// Whether the expression is true.
    public func holds<View: MachineView>(at moment: Moment, in view: inout View) throws -> Bool? {
        try isTrue(in: &view)
    }
}
