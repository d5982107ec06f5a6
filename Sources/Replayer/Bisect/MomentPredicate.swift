public import TraceFormat

/// A question that a search asks about moments.
public protocol MomentPredicate {
    /// Whether it holds at a moment; nil if this cannot be determined.
    mutating func holds<View: MachineView>(at moment: Moment, in view: inout View) throws(TimelineError) -> Bool?
}

extension Condition: MomentPredicate {
    /// Whether the expression is true.
    public func holds<View: MachineView>(at moment: Moment, in view: inout View) throws(TimelineError) -> Bool? {
        try fromTrace(isTrue(in: &view))
    }
}
